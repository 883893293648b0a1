package fish.tls;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Certificates and a key as text, between lines of dashes (RFC 7468).
 *
 * @param key unencrypted PKCS #8; null where there is none
 */
record Pem(List<X509Certificate> certificates, @Nullable PrivateKey key) {
    private static final Pattern BLOCK =
            Pattern.compile("-----BEGIN ([A-Z0-9 ]{1,40})-----([A-Za-z0-9+/=\\s]*)-----END \\1-----");
    private static final String CERTIFICATE = "CERTIFICATE";
    private static final String KEY = "PRIVATE KEY";
    private static final int LINE_LENGTH = 64;

    Pem {
        certificates = List.copyOf(certificates);
    }

    static boolean isPem(byte[] file) {
        return new String(file, StandardCharsets.ISO_8859_1).contains("-----BEGIN ");
    }

    /**
     * That what the key signs is what the certificate's owner signed.
     *
     * @param file that both are in, for people
     * @throws IOException if they are not of one pair
     */
    static void requirePair(X509Certificate certificate, PrivateKey key, String file) throws IOException {
        byte[] sample = "sample".getBytes(StandardCharsets.US_ASCII);
        if (!List.of("EC", "RSA").contains(key.getAlgorithm())) {
            throw new IOException(
                    "the key in " + file + " is of the kind " + key.getAlgorithm() + "; EC and RSA are taken");
        }
        String algorithm = key.getAlgorithm().equals("EC") ? "SHA256withECDSA" : "SHA256withRSA";
        String trouble = "the key in " + file + " is not that of its certificate";
        try {
            Signature signing = Signature.getInstance(algorithm);
            signing.initSign(key);
            signing.update(sample);
            byte[] signature = signing.sign();
            Signature verifying = Signature.getInstance(algorithm);
            verifying.initVerify(certificate.getPublicKey());
            verifying.update(sample);
            if (!verifying.verify(signature)) {
                throw new IOException(trouble);
            }
        } catch (GeneralSecurityException e) {
            throw new IOException(trouble + ": " + e.getMessage(), e);
        }
    }

    /** @throws IOException that says what of it cannot be read */
    static Pem parse(byte[] file) throws IOException {
        List<X509Certificate> certificates = new ArrayList<>();
        PrivateKey key = null;
        Matcher blocks = BLOCK.matcher(new String(file, StandardCharsets.ISO_8859_1));
        while (blocks.find()) {
            String type = blocks.group(1);
            byte[] content = decoded(blocks.group(2));
            if (type.equals(CERTIFICATE)) {
                certificates.add(certificate(content));
            } else if (type.equals(KEY) && key == null) {
                key = key(content);
            } else if (type.endsWith(KEY)) {
                throw new IOException(
                        type.equals(KEY)
                                ? "it holds more than one private key"
                                : "its key is a " + type
                                        + "; it must be an unencrypted PKCS #8 one: openssl pkcs8 -topk8 -nocrypt -in KEY");
            }
        }
        return new Pem(certificates, key);
    }

    private static byte[] decoded(String base64) throws IOException {
        try {
            return Base64.getMimeDecoder().decode(base64);
        } catch (IllegalArgumentException e) {
            throw new IOException("it is no PEM: " + e.getMessage(), e);
        }
    }

    private static X509Certificate certificate(byte[] der) throws IOException {
        try {
            return (X509Certificate)
                    CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(der));
        } catch (CertificateException e) {
            throw new IOException("a certificate in it cannot be read: " + e.getMessage(), e);
        }
    }

    private static PrivateKey key(byte[] pkcs8) throws IOException {
        for (String algorithm : List.of("EC", "RSA")) {
            try {
                return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(pkcs8));
            } catch (GeneralSecurityException e) {
                // It may be of the other kind.
            }
        }
        throw new IOException("its private key is neither an EC nor an RSA one");
    }

    Optional<PrivateKey> privateKey() {
        return Optional.ofNullable(key);
    }

    String text() throws IOException {
        StringBuilder text = new StringBuilder();
        try {
            for (X509Certificate certificate : certificates) {
                append(text, CERTIFICATE, certificate.getEncoded());
            }
        } catch (CertificateException e) {
            throw new IOException(e);
        }
        if (key != null) {
            append(text, KEY, key.getEncoded());
        }
        return text.toString();
    }

    private static void append(StringBuilder text, String type, byte[] content) {
        Base64.Encoder encoder = Base64.getMimeEncoder(LINE_LENGTH, new byte[] {'\n'});
        text.append("-----BEGIN ").append(type).append("-----\n");
        text.append(encoder.encodeToString(content));
        text.append("\n-----END ").append(type).append("-----\n");
    }
}
