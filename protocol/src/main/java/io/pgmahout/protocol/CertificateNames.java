package io.pgmahout.protocol;

import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import javax.naming.InvalidNameException;
import javax.naming.ldap.LdapName;
import javax.naming.ldap.Rdn;

/**
 * What a certificate says about its owner. It stands in place of the host name check: members move between
 * addresses, so a certificate is bound to a member of a cluster and not to an address.
 *
 * @param organizations all O of the subject
 * @param commonNames all CN of the subject
 * @param dnsNames all dNSName of the subject alternative names
 * @param uris all URIs of the subject alternative names
 */
record CertificateNames(
        List<String> organizations, List<String> commonNames, List<String> dnsNames, List<String> uris) {
    private static final String SCHEME = "pgmahout://";
    private static final int DNS_NAME = 2;
    private static final int URI_NAME = 6;

    /** The URI that names a member. */
    static String uri(String cluster, String member) {
        return SCHEME + cluster + "/" + member;
    }

    /**
     * True when the certificate is for that member of that cluster: O is the cluster, and the member is named by a URI
     * of ours or, in a certificate that has none, by CN or a dNSName.
     */
    boolean names(String cluster, String member) {
        if (!organizations.contains(cluster)) {
            return false;
        }
        // Host names stand among the dNSNames too, so they count only where nothing clearer is said.
        if (uris.stream().anyMatch(uri -> uri.startsWith(SCHEME))) {
            return uris.contains(uri(cluster, member));
        }
        return commonNames.contains(member) || dnsNames.contains(member);
    }

    static CertificateNames of(X509Certificate certificate) throws CertificateParsingException {
        List<String> organizations = new ArrayList<>();
        List<String> commonNames = new ArrayList<>();
        List<String> dnsNames = new ArrayList<>();
        List<String> uris = new ArrayList<>();
        try {
            for (Rdn part : new LdapName(certificate.getSubjectX500Principal().getName()).getRdns()) {
                if (part.getType().equalsIgnoreCase("O")) {
                    organizations.add(String.valueOf(part.getValue()));
                } else if (part.getType().equalsIgnoreCase("CN")) {
                    commonNames.add(String.valueOf(part.getValue()));
                }
            }
        } catch (InvalidNameException e) {
            throw new CertificateParsingException("subject cannot be read", e);
        }
        Collection<List<?>> alternatives = certificate.getSubjectAlternativeNames();
        if (alternatives != null) {
            for (List<?> alternative : alternatives) {
                if (alternative.get(0).equals(DNS_NAME)) {
                    dnsNames.add(String.valueOf(alternative.get(1)));
                } else if (alternative.get(0).equals(URI_NAME)) {
                    uris.add(String.valueOf(alternative.get(1)));
                }
            }
        }
        return new CertificateNames(
                List.copyOf(organizations), List.copyOf(commonNames), List.copyOf(dnsNames), List.copyOf(uris));
    }
}
