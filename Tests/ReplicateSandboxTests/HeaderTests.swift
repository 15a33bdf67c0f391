// What Prefer, Cancel-After and the command line may say, as tables.

import Testing

@testable import ReplicateSandbox

@Suite struct HeaderTests {
    @Test(
        arguments: [
            (nil, nil), ("", nil), ("respond-async", nil), ("wait", 60), ("wait=1", 1), ("wait=60", 60),
            ("wait=99", 60),
            ("WAIT = 7", 7), ("respond-async, wait=10", 10), ("wait=5; foo=bar", 5),
        ] as [(String?, Int?)])
    func preference(header: String?, seconds: Int?) throws {
        #expect(try Preference.parse(header).wait == seconds)
    }

    @Test(arguments: ["wait=0", "wait=100", "wait=-1", "wait=", "wait=2.5", "wait=99999999999999999999"])
    func preferenceOutOfRange(header: String) {
        #expect(throws: SchemaViolation.self) { try Preference.parse(header) }
    }

    @Test(arguments: [
        ("5", 5), ("90", 90), ("30s", 30), ("5m", 300), ("2h30m", 9000), ("1h30m45s", 5445), (" 1h5s ", 3605),
        ("99999999999999999", 3_153_600_000),
    ])
    func cancelAfter(header: String, seconds: Int) throws {
        #expect(try CancelAfter.parse(header)?.seconds == seconds)
    }

    @Test(arguments: [
        "", "4", "4s", "0m", "-5", "+9", "5d", "5s1m", "1m1m", "m", "5m3", "1.5m", "99999999999999999999h",
    ])
    func cancelAfterRefused(header: String) {
        #expect(throws: SchemaViolation.self) { try CancelAfter.parse(header) }
    }

    @Test func commandLine() throws {
        var expected = CommandLineOptions()
        expected.port = 8080
        expected.printsURL = true
        expected.speed = 2.5
        expected.filesSecret = "a=b"
        expected.fileLimit = 1 << 30
        let arguments = ["--port", "8080", "--print-url", "--speed=2.5", "--files-secret=a=b", "--file-limit=1024"]
        #expect(try CommandLineOptions.parse(arguments) == .serve(expected))
        #expect(try CommandLineOptions.parse(["--version"]) == .version)
        #expect(try CommandLineOptions.parse(["--operations"]) == .operations)
    }

    @Test(arguments: [
        ["--port"], ["--port", "65536"], ["--host", "0.0.0.0"], ["--host", "127.0.0.1.evil"], ["--speed", "0"],
        ["--print-url=1"], ["--nope"], ["run"], ["--files-secret"], ["--files-secret="], ["--file-limit", "0"],
        ["--file-limit", "4097"], ["--file-limit", "1G"],
    ])
    func commandLineRefused(arguments: [String]) {
        #expect(throws: CommandLineOptions.Mistake.self) { try CommandLineOptions.parse(arguments) }
    }
}
