package io.pgmahout.tests.images;

/**
 * A PostgreSQL image as others make it.
 *
 * @param user id and group id of its user postgres
 * @param major its version
 */
record StockImage(String name, String user, int major) {

    @Override
    public String toString() {
        return name;
    }
}
