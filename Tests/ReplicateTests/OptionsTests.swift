// Options by name: their ranges, what "none" means for each, and where each may stand.

import Testing

@testable import Replicate

struct OptionsTests {
    static let ranges: [(name: String, least: Int, most: Int)] = [
        ("connections_per_host", 1, 4096), ("connect_timeout_ms", 1, 2_147_483_647),
        ("idle_timeout_ms", 1, 2_147_483_647),
        ("timeout_ms", 1, 2_147_483_647), ("max_retries", 0, 100), ("poll_interval_ms", 10, 3_600_000), ("wait", 1, 60),
        ("updates", 0, 1), ("uploads", 0, 1), ("observe", 0, 1), ("cancel_prediction", 0, 1), ("chunks", 0, 1),
        ("max_upload_bytes", 1, 1 << 50), ("max_download_bytes", 1, 1 << 50),
        ("retry_delay_ms", 1, 60_000), ("max_retry_wait_ms", 0, 86_400_000), ("max_response_bytes", 1024, 1 << 30),
        ("max_header_bytes", 1024, 16 << 20), ("max_error_bytes", 1024, 16 << 20),
        ("max_event_bytes", 1024, 1 << 30), ("max_redirects", 0, 50),
        ("max_json_depth", 1, 512), ("expected_bytes", 0, 1 << 50),
    ]
    static let texts = [
        "auth", "base_url", "env_file", "user_agent", "proxy", "ca_file", "cancel_after", "fallback", "file_encoding_strategy",
        "private_addresses",
    ]

    /// A value that the option takes.
    static func valid(_ name: Options.Name) -> String {
        switch name {
        case .cancelAfter: "90s"
        case .fallback: "poll"
        case .fileEncoding: "data-uri"
        case .privateAddresses: "refuse"
        default: name.range.map { String($0.lowerBound) } ?? "text"
        }
    }

    @Test func theseAreAllOptions() {
        #expect(Set(Options.Name.allCases.map(\.rawValue)) == Set(Self.ranges.map(\.name) + Self.texts))
    }

    @Test(arguments: ranges)
    func numbersHaveALeastAndAMost(_ name: String, _ least: Int, _ most: Int) throws {
        let option = try #require(Options.Name(rawValue: name))
        #expect(try Options([name: String(least)]).number(option) == least)
        #expect(try Options([name: String(most)]).number(option) == most)
        for wrong in [
            String(least - 1), String(most + 1), "-1", "", "x", "1.5", "1e1", " 1", "1 ", "0x1", "1\n", "\(Int.max)0",
        ] {
            let error = try #require(throws: ReplicateError.self) { _ = try Options([name: wrong]) }
            #expect(error.kind == .invalidInput)
            #expect(error.message.hasPrefix("\(name) must be a whole number from \(least) to \(most)"))
        }
    }

    @Test func aRefusedValueLeavesTheOptionAsItWas() throws {
        var options = try Options(["max_retries": "3"])
        #expect(throws: ReplicateError.self) { try options.set("max_retries", "many") }
        #expect(options.number(.maxRetries) == 3)
    }

    @Test(arguments: ["Auth", "max_retry", "", "timeout", "auth\nInjected: 1", String(repeating: "x", count: 5000)])
    func anUnknownNameIsToldWithTheKnownOnes(_ name: String) throws {
        let error = try #require(throws: ReplicateError.self) { _ = try Options([name: "1"]) }
        #expect(error.kind == .invalidInput)
        #expect(error.message.contains("base_url, env_file, user_agent"))
        #expect(!error.message.contains("\n"))
        #expect(error.message.count < 700)
    }

    @Test func noneIsAChoiceForAuthAndWaitAndTakesOthersBack() throws {
        for name in Options.Name.allCases {
            var options = Options()
            try options.set(name.rawValue, Self.valid(name))
            #expect((options.text(name) != nil) || (options.number(name) != nil))
            #expect(!options.isNone(name))
            try options.set(name.rawValue, nil)
            #expect(options.text(name) == nil)
            #expect(options.number(name) == nil)
            #expect(options.isNone(name) == [.auth, .wait].contains(name))
        }
    }

    @Test(arguments: [
        ("auth", true, false), ("base_url", true, false), ("env_file", true, false), ("user_agent", true, false),
        ("connections_per_host", true, false),
        ("wait", false, true), ("cancel_after", false, true), ("updates", false, true), ("observe", true, false),
        ("cancel_prediction", false, true), ("fallback", false, true), ("uploads", false, true), ("chunks", false, true),
        ("file_encoding_strategy", true, true),
        ("proxy", true, false), ("ca_file", true, false),
        ("retry_delay_ms", true, true), ("max_retry_wait_ms", true, true), ("max_response_bytes", true, true),
        ("max_header_bytes", true, true), ("max_error_bytes", true, true),
        ("max_event_bytes", true, true), ("max_redirects", true, true),
        ("max_json_depth", true, true), ("expected_bytes", false, true),
        ("private_addresses", true, true),
        ("max_upload_bytes", true, true), ("max_download_bytes", true, true),
        ("connect_timeout_ms", true, true),
        ("idle_timeout_ms", true, true), ("timeout_ms", true, true), ("max_retries", true, true),
        ("poll_interval_ms", true, true),
    ])
    func scope(_ name: String, _ ofClient: Bool, _ ofCall: Bool) throws {
        let option = try #require(Options.Name(rawValue: name))
        let options = try Options([name: Self.valid(option)])
        for (forCall, fits) in [(false, ofClient), (true, ofCall)] {
            if fits {
                #expect(throws: Never.self) { try options.check(forCall: forCall) }
            } else {
                let error = try #require(throws: ReplicateError.self) { try options.check(forCall: forCall) }
                #expect(error.kind == .invalidInput)
                #expect(error.message.hasPrefix("\(name) is an option of a \(forCall ? "client" : "call")"))
            }
        }
    }

    @Test func noneIsScopedToo() throws {
        #expect(throws: ReplicateError.self) { try Options(["auth": nil]).check(forCall: true) }
        #expect(throws: ReplicateError.self) { try Options(["wait": nil]).check(forCall: false) }
        #expect(throws: Never.self) { try Options(["timeout_ms": nil]).check(forCall: false) }
    }

    @Test func updatesAreWantedOnlyWhenAskedFor() throws {
        #expect(!Options().wantsUpdates)
        #expect(try Options(["updates": "1"]).wantsUpdates)
        #expect(try !Options(["updates": "0"]).wantsUpdates)
    }

    @Test(arguments: ["4", "soon", "", "1m30"])
    func cancelAfterIsCheckedWhenItIsSet(_ value: String) throws {
        let error = try #require(throws: ReplicateError.self) { _ = try Options(["cancel_after": value]) }
        #expect(error.kind == .invalidInput)
        #expect(error.message.hasPrefix("cancel_after must be"))
    }
}
