// Downloads that break in the middle: the rest is asked for where the server can say that it is the same file's, and half a
// file is never taken for a whole one.

import Testing

@testable import Replicate

struct FetchResumeTests {
    private typealias Step = ScriptedNetwork.Step
    private static let strong = [("ETag", "\"v1\""), ("Content-Length", "6")]

    private static func rest(
        _ chunks: [String], from start: Int, _ more: [(String, String)] = [], breaks: TransportFailure? = nil
    )
        -> Step
    {
        .stream(206, chunks, [("Content-Range", "bytes \(start)-5/6")] + more, breaks: breaks)
    }

    @Test(arguments: [
        ([("ETag", "\"v1\"")], "\"v1\""), ([("Last-Modified", "Sat, 01 Jan 2022 00:00:00 GMT")], "Sat, 01 Jan 2022 00:00:00 GMT"),
        ([("Last-Modified", "Sat"), ("ETag", "\"v2\"")], "\"v2\""),
    ])
    func theRestIsAskedFor(_ headers: [(String, String)], _ validator: String) async throws {
        let run = try await FetchRun([
            .stream(200, ["ab", "c"], headers + [("Content-Length", "6")], breaks: .broken), Self.rest(["def"], from: 3),
        ])
        #expect(run.text == "abcdef")
        #expect(run.headers("Range") == [nil, "bytes=3-"] && run.headers("If-Range") == [nil, validator])
        #expect(
            run.updates == [2, 3, 6].map { "{\"received\":\($0),\"total\":6}" }, "the total stays that of the file")
    }

    @Test(arguments: [[], [("ETag", "W/\"v1\"")], [("ETag", "v1")], [("ETag", "W/\"w\""), ("Last-Modified", "Sun")]])
    func whereTheServerCannotSayItIsFetchedWhole(_ headers: [(String, String)]) async throws {
        let run = try await FetchRun([
            .stream(200, ["abc"], headers + [("Content-Length", "6")], breaks: .broken), .stream(200, ["ABCDEF"]),
        ])
        #expect(run.text == "ABCDEF" && run.headers("Range") == [nil, nil] && run.headers("If-Range") == [nil, nil])
    }

    @Test func anAnswerFromTheBeginningStartsAnew() async throws {
        let folder = try TemporaryFolder()
        for path in [nil, folder.at("x")] {
            let run = try await FetchRun(
                [
                    .stream(200, ["abcdef"], [("ETag", "\"v1\""), ("Content-Length", "9")], breaks: .broken),
                    .stream(
                        200, ["XY"], [("ETag", "\"v2\""), ("Content-Length", "4"), ("Content-Type", "a/b")], breaks: .broken),
                    .stream(206, ["ZW"], [("Content-Range", "bytes 2-3/4")]),
                ], to: path)
            #expect(run.headers("If-Range") == [nil, "\"v1\"", "\"v2\""])
            let download = try run.result.get()
            #expect(download.size == 4 && download.type == "a/b")
            #expect((run.text ?? folder.text("x")) == "XYZW")
            #expect(run.updates.last == "{\"received\":4,\"total\":4}")
        }
    }

    @Test(arguments: [
        [("Content-Range", "bytes 2-5/6")], [("Content-Range", "bytes 33-5/6")], [("Content-Range", "bytes */6")], [],
        [("Content-Range", "bytes 3-5/6"), ("ETag", "\"v2\"")],
    ])
    func insteadOfAnotherRestItIsFetchedAnew(_ headers: [(String, String)]) async throws {
        let run = try await FetchRun([
            .stream(200, ["abc"], Self.strong, breaks: .broken), .stream(206, ["def"], headers), .stream(200, ["ABCDEF"]),
        ])
        #expect(run.text == "ABCDEF" && run.headers("Range") == [nil, "bytes=3-", nil])
        let never = try await FetchRun(
            [.stream(200, ["abc"], Self.strong, breaks: .broken)], rest: .stream(206, ["def"], headers))
        #expect(never.error?.kind == .protocol && never.error?.status == 206 && (never.error?.attempts ?? 0) > 2)
    }

    @Test func aRestThatIsTooShortIsNotTheEnd() async throws {
        let run = try await FetchRun([
            .stream(200, ["abc"], Self.strong, breaks: .broken), Self.rest(["d"], from: 3), Self.rest(["ef"], from: 4),
        ])
        #expect(run.text == "abcdef" && run.headers("Range") == [nil, "bytes=3-", "bytes=4-"])
        let never = try await FetchRun([.stream(200, ["abc"], Self.strong, breaks: .broken)], rest: Self.rest([], from: 3))
        #expect(never.error?.kind == .truncated, "half a file is no file")
    }

    @Test func aRestThatIsTooLongIsThrownAway() async throws {
        let run = try await FetchRun([
            .stream(200, ["abc"], Self.strong, breaks: .broken), Self.rest(["defg"], from: 3),
            .stream(200, ["abcdef"], Self.strong),
        ])
        #expect(run.text == "abcdef" && run.headers("Range") == [nil, "bytes=3-", nil])
    }

    @Test func whereThereIsNoSuchRestItIsFetchedAnew() async throws {
        // It broke behind the last byte, of a length that nobody said.
        let run = try await FetchRun([
            .stream(200, ["abc"], [("ETag", "\"v1\"")], breaks: .broken), .stream(416, []),
            .stream(200, ["abc"], [("ETag", "\"v1\"")]),
        ])
        #expect(run.text == "abc" && run.headers("Range") == [nil, "bytes=3-", nil])
    }

    @Test func retriesAreBoundedWithoutProgress() async throws {
        let run = try await FetchRun(
            [.stream(200, ["abc"], Self.strong, breaks: .broken)], rest: Self.rest([], from: 3, breaks: .broken))
        #expect(run.error?.kind == .network && run.error?.attempts == 3, "\(String(describing: run.error))")
        #expect(run.sleeps == [.milliseconds(250), .milliseconds(500)])
    }

    @Test func progressStartsTheCountAnew() async throws {
        let steps = (1...5).map { Self.rest(["\($0)"], from: $0, breaks: $0 < 5 ? .broken : nil) }
        let run = try await FetchRun([.stream(200, ["0"], Self.strong, breaks: .broken)] + steps, ["max_retries": "1"])
        #expect(run.text == "012345" && run.sent.count == 6)
        #expect(run.sleeps.allSatisfy { $0 == .milliseconds(250) })
    }

    @Test func startingAnewAgainAndAgainIsNoProgress() async throws {
        let steps = ["abc", "a", "abc", "a", "abc"].map { Step.stream(200, [$0], breaks: .broken) }
        let run = try await FetchRun(Array(steps.prefix(3)))
        #expect(run.error?.kind == .network && run.error?.attempts == 3, "further than ever, not than last time")
    }

    @Test func aFailureBehindTheFirstBytesDoesNotLoseThem() async throws {
        let run = try await FetchRun(
            [
                .stream(200, ["abc"], Self.strong, breaks: .broken), .stream(503, ["wait"]), .fails(.connect, touched: false),
                .redirect("https://cdn.example.com/x"), Self.rest(["def"], from: 3),
            ], ["max_retries": "3"])
        #expect(run.text == "abcdef")
        #expect(run.headers("Range") == [nil, "bytes=3-", "bytes=3-", "bytes=3-", "bytes=3-"])
    }

    @Test func aChunkedAnswersLengthIsNotBelieved() async throws {
        let run = try await FetchRun([.stream(200, ["abc"], [("Content-Length", "9"), ("Transfer-Encoding", "chunked")])])
        #expect(run.text == "abc" && run.updates == ["{\"received\":3}"])
    }
}
