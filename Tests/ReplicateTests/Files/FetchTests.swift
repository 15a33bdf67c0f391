// Downloads on the virtual clock: what each answer means, when it is asked again, what the program is told.

import Testing

@testable import Replicate

struct FetchTests {
    @Test func theRequestAndWhatComesOfIt() async throws {
        let run = try await FetchRun([.stream(200, ["abc", "d\0"], [("Content-Length", "5"), ("Content-Type", "image/png")])])
        let download = try run.result.get()
        #expect(download.bytes == Array("abcd\0".utf8) && download.size == 5 && download.type == "image/png")
        #expect(download.json.rawText == "{\"size\":5,\"content_type\":\"image/png\"}")
        #expect(run.urls == [FetchRun.url])
        #expect(run.headers("Authorization") == ["Bearer \(Client.testToken)"])
        #expect(run.headers("Accept") == ["*/*"] && run.headers("Range") == [nil] && run.headers("Content-Type") == [nil])
        #expect(run.updates == ["{\"received\":3,\"total\":5}", "{\"received\":5,\"total\":5}"])
    }

    @Test func anEmptyFileAndOneOfUnknownLength() async throws {
        let empty = try await FetchRun([.stream(200, [], [("Content-Length", "0")])])
        #expect(try empty.result.get().bytes == [] && empty.updates.isEmpty)
        let unknown = try await FetchRun([.stream(200, ["ab"])])
        #expect(unknown.text == "ab" && unknown.updates == ["{\"received\":2}"])
        #expect(try unknown.result.get().json.rawText == "{\"size\":2}")
    }

    @Test(
        arguments: [
            (401, .auth), (403, .auth), (402, .billing), (404, .notFound), (410, .notFound), (400, .invalidInput),
            (416, .invalidInput), (201, .protocol), (204, .protocol), (206, .protocol), (304, .protocol), (300, .protocol),
        ] as [(Int, ReplicateError.Kind)])
    func whatIsNoFileIsAnErrorAtOnce(_ status: Int, _ kind: ReplicateError.Kind) async throws {
        let run = try await FetchRun([.stream(status, ["{\"detail\":", "\"because\"}"])])
        #expect(run.error?.kind == kind && run.error?.status == status && run.error?.attempts == 1)
        if status >= 300 { #expect(run.error?.detail == "because") }
        #expect(run.error?.delivery == nil)
    }

    @Test(arguments: [408, 425, 429, 500, 502, 503, 504])
    func whatMayPassIsAskedAgain(_ status: Int) async throws {
        let run = try await FetchRun([.stream(status, []), .fails(.connect, touched: false), .stream(200, ["x"])])
        #expect(run.text == "x" && run.sent.count == 3)
        #expect(run.sleeps == [.milliseconds(250), .milliseconds(500)])
        let never = try await FetchRun([], rest: .stream(status, ["no"]))
        #expect(never.error?.status == status && never.error?.attempts == 3)
    }

    @Test func aServerThatNamesATimeIsWaitedFor() async throws {
        let run = try await FetchRun([.stream(429, [], [("Retry-After", "3")]), .stream(200, ["x"])])
        #expect(run.text == "x" && run.sleeps == [.milliseconds(3125)])
    }

    @Test func ofARefusalOnlyTheBeginningIsRead() async throws {
        let page = [String](repeating: String(repeating: "x", count: 16 << 10), count: 1000)
        let run = try await FetchRun([.stream(404, page)])
        #expect(run.error?.kind == .notFound && (run.error?.message.count ?? 999) <= 300)
    }

    @Test func theDeadlineIsForAll() async throws {
        let slow = try await FetchRun([.stream(200, ["x"]).taking(.seconds(9))], ["timeout_ms": "1000"])
        #expect(slow.error?.kind == .timeout && slow.error?.message.contains("total timeout of 1000 ms") == true)
        let again = try await FetchRun([], rest: .stream(503, []).taking(.milliseconds(600)), ["timeout_ms": "1000"])
        #expect(again.error?.attempts == 2 && again.sent.map(\.request.limits.total) == [.seconds(1), .milliseconds(150)])
    }

    @Test func theCallsTimeoutsAreTheRequests() async throws {
        let run = try await FetchRun(
            [.fails(.timeout(.idle), touched: true)],
            ["idle_timeout_ms": "1234", "connect_timeout_ms": "777", "max_retries": "0"])
        #expect(run.sent[0].request.limits.idle == .milliseconds(1234))
        #expect(run.sent[0].request.limits.connect == .milliseconds(777))
        #expect(run.sent[0].request.limits.total == .seconds(24 * 3600))
        #expect(run.error?.message.contains("idle timeout of 1234 ms") == true, "\(String(describing: run.error))")
    }

    @Test(arguments: [(4, false), (5, true), (6, true)])
    func theLimitIsTheLimit(_ limit: Int, _ fits: Bool) async throws {
        for headers in [[], [("Content-Length", "5")]] {
            let folder = try TemporaryFolder()
            for path in [nil, folder.at("x")] {
                let run = try await FetchRun(
                    [.stream(200, ["abc", "de"], headers)], to: path, ["max_download_bytes": String(limit)])
                #expect((run.error == nil) == fits)
                if !fits {
                    #expect(run.error?.kind == .protocol && run.error?.message.contains("max_download_bytes") == true)
                    #expect(run.updates.count == (headers.isEmpty ? 1 : 0), "the head says it before any byte is taken")
                    #expect(run.error?.attempts == 1)
                }
            }
            #expect(folder.names == (fits ? ["x"] : []))
        }
    }

    @Test(arguments: [(4, false), (5, true), (6, false)])
    func whatIsExpectedIsTheLength(_ expected: Int, _ fits: Bool) async throws {
        for headers in [[], [("Content-Length", "5")]] {
            let folder = try TemporaryFolder()
            for path in [nil, folder.at("x")] {
                let run = try await FetchRun(
                    [.stream(200, ["abc", "de"], headers)], to: path, ["expected_bytes": String(expected)])
                #expect((run.error == nil) == fits)
                if !fits {
                    #expect(run.error?.kind == .protocol && run.error?.message.contains("\(expected) are expected") == true)
                    #expect(headers.isEmpty || run.updates.isEmpty, "the head says it before any byte is taken")
                    #expect(run.error?.attempts == 1)
                }
            }
            #expect(folder.names == (fits ? ["x"] : []))
        }
    }

    @Test func whatBecomesOfACancel() async throws {
        let first = try await FetchRun([.canceled])
        #expect(first.error?.kind == .canceled && first.error?.attempts == 1)
        let between = try await FetchRun([.stream(503, [])], cancelingSleep: 1)
        #expect(between.error?.kind == .canceled && between.error?.attempts == 1)
    }

    @Test func argumentsAreEncodedAndChecked() async throws {
        let network = ScriptedNetwork([.stream(200, ["x"])])
        let client = try Client(network)
        _ = try await client.downloadFile(["f", "o w", "-5", "a+/="], to: nil, Options())
        #expect(
            await network.sent[0].request.url
                == "https://api.replicate.com/v1/files/f/download?owner=o%20w&expiry=-5&signature=a%2B%2F%3D")
        await #expect(throws: ReplicateError.self) { try await client.downloadFile(["..", "o", "1", "s"], to: nil, Options()) }
        await #expect(throws: ReplicateError.self) { try await client.downloadFile(["", "o", "1", "s"], to: nil, Options()) }
    }
}
