# PostgreSQL in the manner of the images that CloudNativePG runs, for tests: root.tar is a Debian with its package, in which
# the user postgres has the id 26. No entry point; of this one nobody says where PostgreSQL is.
FROM scratch
ADD root.tar /
ENV PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
USER 26
