// What a client is told once: where its token and base URL come from, and the defaults.

import Testing

@testable import Replicate

struct ConfigurationTests {
    private func configuration(_ options: KeyValuePairs<String, String?> = [:], _ environment: [String: String] = [:])
        throws
        -> Configuration
    {
        try Configuration(options: Options(options)) { environment[$0] }
    }

    @Test func theOptionWinsOverTheEnvironment() throws {
        let environment = ["REPLICATE_API_TOKEN": "r8_env", "REPLICATE_BASE_URL": "https://env.example/v1"]
        let given = try configuration(["auth": "r8_option", "base_url": "https://option.example/v2"], environment)
        #expect(given.token == "r8_option")
        #expect(given.base.text == "https://option.example/v2")
        let fallback = try configuration([:], environment)
        #expect(fallback.token == "r8_env")
        #expect(fallback.base.text == "https://env.example/v1")
    }

    @Test(
        arguments: [
            (nil, 500), ("0.02", 20), ("2", 2000), ("0", 10), ("0.001", 10), ("3600", 3_600_000), ("", 500), ("x", 500),
            ("-1", 500), ("1e9", 500), ("nan", 500),
        ] as [(String?, Int)])
    func thePollIntervalMayBeTheEnvironments(_ text: String?, _ milliseconds: Int) throws {
        let environment = ["REPLICATE_API_TOKEN": "x", "REPLICATE_POLL_INTERVAL": text ?? ""]
        #expect(try configuration([:], environment).patience.pollInterval == .milliseconds(milliseconds))
        let given = try configuration(["poll_interval_ms": "70"], environment)
        #expect(given.patience.pollInterval == .milliseconds(70))
    }

    @Test(
        arguments: [
            ("http://proxy:3128", true), ("proxy:3128", true), ("socks5h://127.0.0.1:1080", true),
            ("http://user:pass@proxy:1", true), ("", false), ("ftp://proxy", false), ("http://a b", false),
            ("http://", false), ("file:///etc/passwd", false),
        ])
    func proxies(_ text: String, _ fits: Bool) throws {
        if fits {
            #expect(try configuration(["auth": "x", "proxy": "\(text)"]).proxy == text)
        } else {
            let error = try #require(throws: ReplicateError.self) { _ = try configuration(["auth": "x", "proxy": "\(text)"]) }
            #expect(error.message.hasPrefix("proxy "))
        }
    }

    @Test(arguments: ["r8_x\n", "r8_x\r\n", " r8_x", "\tr8_x \n", "r8_x"])
    func spaceAroundATokenIsDropped(_ token: String) throws {
        #expect(try configuration(["auth": token]).token == "r8_x")
        #expect(try configuration([:], ["REPLICATE_API_TOKEN": token]).token == "r8_x")
    }

    @Test(arguments: ["", " ", "\n", "r8 x", "r8\nx", "r8\r\nInjected: 1", "r8\0x", "r8\u{7F}", "r8_é", "\u{A0}r8"])
    func aTokenThatCannotBeOneIsRefusedWithoutBeingShown(_ token: String) throws {
        let error = try #require(throws: ReplicateError.self) { _ = try configuration(["auth": token]) }
        #expect(error.kind == .auth)
        #expect(!error.description.contains("r8"))
    }

    @Test(arguments: [nil, "", " ", "\n"])
    func withoutATokenTheMessageSaysWhatToDo(_ variable: String?) throws {
        let error = try #require(throws: ReplicateError.self) {
            _ = try Configuration { $0 == "REPLICATE_API_TOKEN" ? variable : nil }
        }
        #expect(error.kind == .auth)
        #expect(error.message.contains("REPLICATE_API_TOKEN"))
        #expect(error.attempts == 0)
    }

    @Test func noTokenOnPurposeWinsOverTheEnvironment() throws {
        #expect(try configuration(["auth": nil], ["REPLICATE_API_TOKEN": "r8_env"]).token == nil)
    }

    @Test func anEmptyBaseURLVariableCountsAsNone() throws {
        let empty = try configuration(["auth": "r8_x"], ["REPLICATE_BASE_URL": " \n"])
        #expect(empty.base.text == "https://api.replicate.com/v1")
    }

    @Test func aWrongBaseURLIsToldFromTheEnvironmentToo() throws {
        let error = try #require(throws: ReplicateError.self) {
            _ = try configuration(["auth": "r8_x"], ["REPLICATE_BASE_URL": "http://evil.example"])
        }
        #expect(error.kind == .invalidInput)
    }

    @Test func defaults() throws {
        let plain = try configuration(["auth": "r8_x"])
        #expect(plain.userAgent.hasSuffix("/\(Version.string)"))
        #expect(plain.connectionsPerHost == 64)
        #expect(plain.patience.connect == .seconds(10))
        #expect(plain.patience.idle == .seconds(60))
        #expect(plain.patience.total == nil)
        #expect(plain.patience.maximumRetries == 2)
        #expect(plain.patience.pollInterval == .milliseconds(500))
    }

    @Test func optionsChangeThePatience() throws {
        let changed = try configuration([
            "auth": "r8_x", "connect_timeout_ms": "1", "idle_timeout_ms": "2", "timeout_ms": "3", "max_retries": "4",
            "poll_interval_ms": "50", "connections_per_host": "6", "user_agent": "mine/1",
        ])
        #expect(changed.patience.connect == .milliseconds(1))
        #expect(changed.patience.idle == .milliseconds(2))
        #expect(changed.patience.total == .milliseconds(3))
        #expect(changed.patience.maximumRetries == 4)
        #expect(changed.patience.pollInterval == .milliseconds(50))
        #expect(changed.connectionsPerHost == 6)
        #expect(changed.userAgent == "mine/1")
        let again = changed.patience.changed(by: try Options(["timeout_ms": "30"]))
        #expect(again.total == .milliseconds(30))
        #expect(again.maximumRetries == 4)
    }

    @Test(arguments: ["a\nb", "a\r\nX: y", "a\0", "a\u{7F}", "\t"])
    func aUserAgentWithControlCharactersIsRefused(_ text: String) throws {
        let error = try #require(throws: ReplicateError.self) {
            _ = try configuration(["auth": "r8_x", "user_agent": text])
        }
        #expect(error.kind == .invalidInput)
    }
}
