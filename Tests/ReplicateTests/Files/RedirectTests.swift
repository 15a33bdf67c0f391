// Where a download may be sent, how often, and what it takes along.

import Testing

@testable import Replicate

struct RedirectTests {
    @Test(arguments: [301, 302, 303, 307, 308])
    func eachKindIsFollowed(_ status: Int) async throws {
        let run = try await FetchRun([.redirect("/x", status), .stream(200, ["bytes"])])
        #expect(run.text == "bytes")
        #expect(run.urls == [FetchRun.url, "https://api.replicate.com/x"])
        #expect(run.sent.allSatisfy { $0.request.method == .get })
    }

    @Test(arguments: [
        ("https://cdn.example.com/a?b=c", "https://cdn.example.com/a?b=c"), ("//cdn.example.com/a", "https://cdn.example.com/a"),
        ("g", "https://api.replicate.com/v1/files/f/g"), ("?x=1", "https://api.replicate.com/v1/files/f/download?x=1"),
        ("../g", "https://api.replicate.com/v1/files/g"), ("/a%0d%0a%00b", "https://api.replicate.com/a%0d%0a%00b"),
        ("HTTPS://CDN.example.com/", "https://cdn.example.com/"), ("https:///cdn.example.com/a", "https://cdn.example.com/a"),
    ])
    func placesAreResolved(_ location: String, _ url: String) async throws {
        let run = try await FetchRun([.redirect(location), .stream(200, ["bytes"])])
        #expect(run.text == "bytes")
        #expect(run.urls.last?.lowercased() == url.lowercased())
    }

    @Test(
        arguments: [
            (nil, "nowhere"), ("", "nowhere"), ("  ", "nowhere"), ("http://api.replicate.com/x", "from https to http"),
            ("http://127.0.0.1/", "from https to http"), ("ftp://h/x", "not to https"), ("file:///etc/passwd", ""),
            ("file:/etc/passwd", ""), ("javascript:alert(1)", ""), ("data:text/plain,x", ""), ("gopher://h/x", ""),
            ("dict://h/x", ""),
            ("https://", "no URL"), ("https://h/a b", "no URL"), ("/a\rX-Evil: 1", "no URL"),
            ("https://h/\u{FC}", "no URL"), ("https://h/\u{1}", "no URL"), ("https://h:99999/", "no URL"),
            ("https://h%ca/", "no URL"),
            ("https://me@h/", "user name"), ("https://:pw@api.replicate.com/", "user name"),
        ] as [(String?, String)])
    func otherPlacesAreRefused(_ location: String?, _ why: String) async throws {
        let run = try await FetchRun([.redirect(location)])
        #expect(run.error?.kind == .protocol && run.error?.attempts == 1)
        let message = run.error?.message ?? ""
        #expect(message.contains("a redirect") && message.contains(why), "\(message)")
    }

    @Test func twoPlacesAreNone() async throws {
        let both = [("Location", "https://a.example/"), ("location", "https://b.example/")]
        #expect(try await FetchRun([.stream(302, [], both)]).error?.message.contains("two places") == true)
        let same = [("Location", "https://a.example/"), ("location", "https://a.example/")]
        #expect(try await FetchRun([.stream(302, [], same), .stream(200, ["x"])]).text == "x")
    }

    @Test func tenAreFollowedAndNoMore() async throws {
        let ten = (1...10).map { ScriptedNetwork.Step.redirect("/\($0)") }
        #expect(try await FetchRun(ten + [.stream(200, ["bytes"])]).text == "bytes")
        let run = try await FetchRun(ten + [.redirect("/11")])
        #expect(run.error?.kind == .protocol && run.error?.message.contains("limit") == true)
        #expect(run.sent.count == 11)
        let circle = try await FetchRun([], rest: .redirect(FetchRun.url))
        #expect(circle.error?.kind == .protocol && circle.sent.count == 11)
    }

    @Test(arguments: [
        "https://cdn.example.com/x", "//cdn.example.com/x", "https://api.replicate.com:8443/x",
        "https://api.replicate.com.example.com/x", "https://replicate.com/x", "https://api.replicate.com./x",
    ])
    func theTokenAndTheCallersHeadersStayAtHome(_ elsewhere: String) async throws {
        let run = try await FetchRun(
            [.redirect("/still-home"), .redirect(elsewhere), .redirect(FetchRun.url), .stream(200, ["bytes"])],
            ["header.X-Call": "c"], client: ["header.X-Client": "k", "header.Cookie": "s"])
        #expect(run.text == "bytes")
        let token = "Bearer \(Client.testToken)"
        #expect(run.headers("Authorization") == [token, token, nil, nil], "nor on the way back")
        #expect(run.headers("X-Call") == ["c", "c", nil, nil])
        #expect(run.headers("X-Client") == ["k", "k", nil, nil])
        #expect(run.headers("Cookie") == ["s", "s", nil, nil])
        #expect(
            run.sent.dropFirst(2).allSatisfy { sent in sent.request.headers.allSatisfy { !$0.value.contains(Client.testToken) } })
    }

    @Test(arguments: ["https://api.replicate.com/x", "https://API.Replicate.com:443/x", "/x"])
    func homeIsHomeHoweverItIsWritten(_ location: String) async throws {
        let run = try await FetchRun([.redirect(location), .stream(200, ["bytes"])])
        #expect(run.headers("Authorization").allSatisfy { $0 == "Bearer \(Client.testToken)" })
    }

    @Test func eachTryBeginsAtHome() async throws {
        let run = try await FetchRun([
            .redirect("https://cdn.example.com/1"), .stream(503, []), .redirect("https://cdn.example.com/2"), .stream(200, ["x"]),
        ])
        #expect(run.urls == [FetchRun.url, "https://cdn.example.com/1", FetchRun.url, "https://cdn.example.com/2"])
        #expect(run.headers("Authorization").map { $0 != nil } == [true, false, true, false])
    }

    @Test func whereTheAPIItselfIsHTTPSoMayTheFileBe() async throws {
        let base = "http://127.0.0.1:9/v1"
        let run = try await FetchRun(
            [.redirect("http://cdn.example.com/x"), .stream(200, ["x"])], client: ["base_url": base])
        #expect(run.text == "x", "the API decides where its files are")
    }
}
