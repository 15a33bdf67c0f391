// What REPLICATE_LOG shows of a request at which level, and that it shows no secret at any.

import Testing

@testable import Replicate

struct LogTests {
    private static let secret = "r8_secret"

    private func log(_ level: String?) throws -> Log? {
        Log(level, api: try BaseURL("https://api.example/v1").origin, hiding: Self.secret)
    }

    private func exchange(_ moment: Exchange.Moment, _ url: String = "https://api.example/v1/predictions/p1?cursor=abc")
        -> Exchange
    {
        Exchange(moment: moment, method: "GET", url: url, attempt: 1)
    }

    private static let failed: FailedAttempt = {
        var error = ReplicateError(.network, "the connection broke")
        error.status = 503
        return FailedAttempt(error, seconds: 0.25, wait: 0.5)
    }()

    @Test(arguments: [nil, "", "0", "off", "verbose", "info "])
    func noLevelNoLog(_ variable: String?) throws {
        #expect(try log(variable) == nil)
    }

    @Test(arguments: [
        ("error", [nil, nil, "404", "network", nil]), ("info", [nil, "200", "404", "network", "again"]),
        ("DEBUG", ["attempt 1", "200", "404", "network", "again"]),
    ])
    func levels(_ level: String, _ expected: [String?]) throws {
        let log = try #require(try log(level))
        let moments: [Exchange.Moment] = [
            .request, .response(status: 200, failure: nil, seconds: 0.1), .response(status: 404, failure: nil, seconds: 0.1),
            .response(status: nil, failure: .network, seconds: 0.1), .retry(Self.failed),
        ]
        for (moment, word) in zip(moments, expected) {
            let text = log.text(exchange(moment))
            #expect((text == nil) == (word == nil))
            if let text, let word { #expect(text.contains(word)) }
        }
    }

    @Test func ofAnURLThePathOnTheAPIAlone() throws {
        let log = try #require(try log("debug"))
        let urls = [
            "https://api.example/v1/predictions/p1?cursor=abc": "GET https://api.example:443/v1/predictions/p1: attempt 1",
            "https://stream.example/v1/files/key?x=1": "GET https://stream.example:443/…: attempt 1",
            "http://api.example/v1/p": "GET http://api.example:80/…: attempt 1",
            "https://api.example/v1/r8_secret": "GET https://api.example:443/v1/(token): attempt 1",
        ]
        for (url, expected) in urls { #expect(log.text(exchange(.request, url)) == expected) }
    }

    @Test func headersThatMayBeSecretHaveNoValue() throws {
        let text = try #require(
            try log("debug")?.text(
                [
                    ("Authorization", "Bearer r8_secret"), ("Cookie", "c"), ("Set-Cookie", "d"), ("X-Mine", "e"),
                    ("Accept", "json"),
                    ("User-Agent", "me r8_secret"),
                ], sign: ">"))
        #expect(
            text
                == "> Authorization: (not shown)\n> Cookie: (not shown)\n> Set-Cookie: (not shown)\n> X-Mine: (not shown)\n"
                + "> Accept: json\n> User-Agent: me (token)")
        #expect(try log("info")?.text([("Accept", "json")], sign: ">") == nil)
    }
}
