// Which base URLs are taken, and which URLs of a server lie on the same origin, where the token may go.

import Testing

@testable import Replicate

struct BaseURLTests {
    @Test(
        arguments: [
            ("https://api.replicate.com/v1", "https://api.replicate.com/v1"),
            ("https://api.replicate.com/v1/", "https://api.replicate.com/v1"),
            ("https://api.replicate.com/v1///", "https://api.replicate.com/v1"),
            ("https://api.replicate.com", "https://api.replicate.com"),
            ("https://api.replicate.com/", "https://api.replicate.com"),
            ("HTTPS://api.replicate.com/v1", "https://api.replicate.com/v1"),
            ("https://proxy.example:8443/a/b", "https://proxy.example:8443/a/b"),
            ("http://127.0.0.1:8080/v1", "http://127.0.0.1:8080/v1"),
            ("http://127.255.0.9", "http://127.255.0.9"), ("http://127.1", "http://127.0.0.1"),
            ("http://localhost:1234/v1/", "http://localhost:1234/v1"),
            ("http://LOCALHOST/v1", nil), ("http://[::1]:9/v1", "http://[::1]:9/v1"),
            ("https://[2001:db8::1]/v1", "https://[2001:db8::1]/v1"),
        ] as [(String, String?)])
    func takes(_ text: String, _ expected: String?) throws {
        let base = try BaseURL(text)
        if let expected { #expect(base.text == expected) }
    }

    @Test(arguments: [
        "", "api.replicate.com", "/v1", "https://", "ftp://api.replicate.com", "file:///etc/passwd", "ws://localhost",
        "http://api.replicate.com/v1", "http://127.evil.com", "http://127.0.0.1.evil.com", "http://localhost.evil.com",
        "http://127.0.0.1.",
        "http://128.0.0.1", "http://0.0.0.0", "http://10.0.0.1", "http://[::2]", "http://[::ffff:8.8.8.8]",
        "http://evil.com/127.0.0.1",
        "http://127.0.0.256", "http://+127.0.0.1", "http://127.+0.0.1", "http://127.0.0.1@evil.com/",
        "https://user@api.replicate.com", "https://user:secret@api.replicate.com/v1",
        "https://:secret@api.replicate.com/v1",
        "https://api.replicate.com/v1?a=b", "https://api.replicate.com/v1#x", "https://api replicate.com",
        " https://api.replicate.com",
        "https://api.replicate.com\n", "https://api.replicate.com/\r\nX: y", "https://api.replicate.com/é",
        "https://api.replicate.com:99999",
        "https://api.replicate.com:x", "javascript:alert(1)", "?cursor=2", "#x",
        // Found by fuzzing: libcurl decodes these, and the URL was none any more.
        "https://api.repl%cate.com/v1", "https://%c3%bc.example/", "https://a%ff", "https://a%25",
    ])
    func refuses(_ text: String) throws {
        let error = try #require(throws: ReplicateError.self) { _ = try BaseURL(text) }
        #expect(error.kind == .invalidInput)
        #expect(error.message.hasPrefix("base_url "))
        #expect(!error.message.contains("secret"))
    }

    @Test(
        arguments: [
            (
                "https://api.replicate.com/v1/predictions?cursor=cD0y",
                "https://api.replicate.com/v1/predictions?cursor=cD0y"
            ),
            ("HTTPS://API.REPLICATE.COM/v1/x", nil), ("https://api.replicate.com:443/v1/x", nil),
            ("/v1/x?y=z", "https://api.replicate.com/v1/x?y=z"),
            ("predictions?cursor=a%2Bb", "https://api.replicate.com/v1/predictions?cursor=a%2Bb"),
            ("/predictions?cursor=1", "https://api.replicate.com/v1/predictions?cursor=1"),
            ("/v1", "https://api.replicate.com/v1/v1"), ("../x", "https://api.replicate.com/x"),
            ("//api.replicate.com/v1/x", "https://api.replicate.com/v1/x"),
            ("/@evil.example/", "https://api.replicate.com/v1/@evil.example/"),
        ] as [(String, String?)])
    func resolves(_ reference: String, _ expected: String?) throws {
        let url = try #require(try BaseURL("https://api.replicate.com/v1").resolve(reference))
        if let expected { #expect(url == expected) }
        #expect(url.lowercased().hasPrefix("https://api.replicate.com"))
    }

    @Test(arguments: [
        "https://evil.example/v1", "//evil.example/v1", "https://api.replicate.com@evil.example/",
        "https://api.replicate.com:8443/v1",
        "http://api.replicate.com/v1", "https://api.replicate.com.evil.example/", "https://api.replicate.com./v1",
        "ftp://api.replicate.com/",
        "https://api.replicate.com:443@evil.example/", "https:\\\\evil.example", "file:///etc/passwd", "https://",
        "javascript:alert(1)",
        "https://api.replicate.com\u{0}.evil.example/", "https://apı.replicate.com/", "data:,x",
    ])
    func staysOnItsOrigin(_ reference: String) throws {
        #expect(try BaseURL("https://api.replicate.com/v1").resolve(reference) == nil)
    }

    @Test(
        arguments: [
            ("https://api.replicate.com/v1", false), ("http://127.0.0.1:80", true), ("http://localhost/v1", true),
            ("https://[::1]:8/", true), ("https://127.example.com", false), ("https://1.127.0.1", false),
        ])
    func whatIsOnThisMachineIsAskedWithoutAProxy(_ url: String, _ isLocal: Bool) async throws {
        #expect(try BaseURL(url).isLocal == isLocal)
        let network = ScriptedNetwork([.json(200, "{}")])
        _ = try await Client(network, ["base_url": "\(url)"]).call(.accountGet, [], Options())
        #expect(await network.sent.first?.request.isDirect == isLocal)
    }

    /// libcurl keeps a zone apart from the host; the token went to the same address behind any other interface.
    @Test(arguments: ["https://[fe80::1%251]/v1/x", "https://[fe80::1%25eth0]/v1/x"])
    func theZoneOfAnAddressIsPartOfTheOrigin(_ url: String) throws {
        #expect(try BaseURL("https://[fe80::1]/v1").resolve(url) == nil)
        #expect(WebURL(url)?.origin.isPlain == false)
        #expect(throws: ReplicateError.self) { try BaseURL(url) }
    }

    @Test func thePortIsPartOfTheOrigin() throws {
        let base = try BaseURL("http://127.0.0.1:8080/v1")
        #expect(base.resolve("http://127.0.0.1:8080/v1/x") == "http://127.0.0.1:8080/v1/x")
        #expect(base.resolve("http://127.0.0.1/v1/x") == nil)
        #expect(base.resolve("http://127.0.0.1:8081/v1/x") == nil)
        #expect(base.resolve("http://localhost:8080/v1/x") == nil)
        #expect(base.resolve("https://127.0.0.1:8080/v1/x") == nil)
    }
}
