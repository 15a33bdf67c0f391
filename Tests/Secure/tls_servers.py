"""The servers that no client should talk to, one for each way in which TLS can be wrong: (name, host to ask for, what serves,
how the message says which check it was)."""

import ssl

from harness import CERTIFICATES
from server import by_hand, context, server_hello, under_tls, weak_exchange

CA = CERTIFICATES + "/ca.pem"

# How the message says which check it was, in the words of OpenSSL 3 and libcurl.
NAME = "no alternative certificate subject name matches|does not match target host name|unable to obtain common name"
ISSUER = "unable to get local issuer certificate"
ROOT = "self-signed certificate in certificate chain|" + ISSUER
PROTOCOL = "legacy sigalg disallowed|unsupported protocol|wrong version number|alert protocol version|no protocols"
SUITE = "handshake failure|no shared cipher|unknown cipher returned|wrong cipher returned|bad cipher"


def certificate(name, reason, host="localhost", **options):
    shown_one = options.pop("of", name)
    return name, host, lambda: under_tls(context(shown_one, CERTIFICATES, weak=True, **options)), reason


def raw(name, reason, *arguments, **options):
    return name, "localhost", lambda: by_hand(*arguments, **options), reason


def bad_certificates():
    yield certificate("expired", "certificate has expired")
    yield certificate("expired-intermediate", "certificate has expired")
    yield certificate("not-yet-valid", "certificate is not yet valid")
    yield certificate("wrong-host", NAME)
    yield certificate("wrong-address", NAME, "127.0.0.1")
    yield certificate("address-as-name", NAME, "127.0.0.1")
    yield certificate("no-name", NAME)
    yield certificate("no-subject", NAME)
    yield certificate("wildcard-top", NAME, "top.test")
    yield certificate("wildcard-alone", NAME)
    yield certificate("wildcard-inside", NAME, "api.a.test")
    yield certificate("wildcard-partial", NAME, "api.secure.test")
    yield certificate("wildcard, two levels below", NAME, "a.b.secure.test", of="wildcard")
    yield certificate("wildcard, its own top", NAME, "secure.test", of="wildcard")
    yield certificate("zero-byte", NAME + "|illegal cert name field")
    yield certificate("sans-10000", "excessive message size|certificate list too long|message too long")
    yield certificate("self-signed", "self-signed certificate")
    yield certificate("untrusted-root", ISSUER)
    yield certificate("missing-intermediate", ISSUER)
    yield certificate("issuer-is-no-authority", "invalid CA certificate|" + ISSUER)
    yield certificate("path-too-long", "path length constraint exceeded")
    yield certificate("name-constraint", "permitted subtree violation")
    yield certificate("other-purpose", "unsuitable certificate purpose|unsupported certificate purpose")
    yield certificate("unknown-critical", "unhandled critical extension")
    yield certificate("sha1", "md too weak|signature type|CA signature digest algorithm too weak|internal error")
    yield certificate("rsa-512", "key too (weak|small)", versions=ssl.TLSVersion.TLSv1_2)  # Too small to sign TLS 1.3 at all.
    yield certificate("rsa-1024", "key too (weak|small)")
    yield certificate("the system's alone", ROOT, of="by-system")


def bad_protocols():
    old = {"versions": ssl.TLSVersion.TLSv1}, {"versions": ssl.TLSVersion.TLSv1_1}, {"versions": ssl.TLSVersion.TLSv1_2}
    yield certificate("TLS 1.0 only", PROTOCOL, of="p256", **old[0])
    yield certificate("TLS 1.1 only", PROTOCOL, of="p256", **old[1])
    yield certificate("NULL only", SUITE, of="p256", ciphers="eNULL:@SECLEVEL=0", **old[2])
    yield certificate("anonymous only", SUITE, of="p256", ciphers="aNULL:@SECLEVEL=0", **old[2])
    for bits in (480, 512):
        yield f"DH {bits}", "localhost", lambda bits=bits: weak_exchange(
            bits, CERTIFICATES
        ), "dh key too small|bad dh value|modulus too small"
    yield certificate(
        "DH 1024",
        "dh key too small|handshake failure",
        of="rsa-2048",
        ciphers="DHE:@SECLEVEL=0",
        dh=CERTIFICATES + "/dh1024.pem",
        **old[2],
    )
    yield certificate("client certificate wanted", "handshake failure|certificate required|alert", of="p256", wants=CA, **old[2])
    # What OpenSSL offers no more: a hello by hand that insists on it.
    yield raw("SSL 2", PROTOCOL, b"\x80\x2e\x04\0\x01\0\x02" + bytes(40))
    yield raw("SSL 3 only", PROTOCOL, server_hello(version=0x0300, suite=0x002F))
    for name, suite in (
        ("NULL-SHA", 2),
        ("EXPORT RC4-40", 3),
        ("RC4-MD5", 4),
        ("RC4-SHA", 5),
        ("EXPORT DES-40", 8),
        ("DES", 9),
        ("3DES", 10),
        ("EXPORT DHE-DES-40", 0x14),
        ("ECDHE-3DES", 0xC012),
        ("anonymous DH", 0x34),
    ):
        yield raw(name + " insisted on", SUITE, server_hello(suite=suite))
    yield raw("unsafe renegotiation", "unsafe legacy renegotiation", server_hello(renegotiates=b""))
    cut = "unexpected eof|SSL_ERROR_SYSCALL|SSL_ERROR_ZERO_RETURN|SSL connect error|Connection reset"
    yield raw("closed without reading", cut, reads=False)
    yield raw("closed after the client's hello", cut)
    yield raw("reset after the client's hello", cut, ends="reset")
    yield raw("closed in the server's hello", cut, server_hello()[:30])
    yield raw("reset in the server's hello", cut, server_hello()[:30], ends="reset")
    yield raw("closed after the server's hello", cut, server_hello())
    yield raw("plain HTTP", "wrong version number|http request", b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")
    yield raw("greeting of SSH", "wrong version number|packet length|unknown", b"SSH-2.0-OpenSSH_9.2p1\r\n")
    yield raw("an alert", "handshake failure", b"\x15\x03\x03\0\2\2\x28")
    yield raw(
        "a record of 64 KB", "packet length too long|wrong version|record|unexpected", b"\x16\x03\x03\xff\xff" + b"x" * 65535
    )
    yield raw("noise", "wrong version number|unexpected|record|bad", bytes(range(7, 250)))


def stalls():
    yield raw("silence after the client's hello", None, ends="never")
    yield raw("silence after the server's hello", None, server_hello(), ends="never")
    yield raw("silence in the server's hello", None, server_hello()[:40], ends="never")
    yield raw("silence, nothing read", None, ends="never", reads=False)
