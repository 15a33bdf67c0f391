// Content-Range by the letter, and which answers go on with a file.

import Testing

@testable import Replicate

struct ContentRangeTests {
    @Test(
        arguments: [
            ("bytes 3-5/9", 3, 5, 9), ("bytes 0-0/1", 0, 0, 1), ("BYTES 3-5/*", 3, 5, nil),
        ] as [(String, Int64, Int64, Int64?)])
    func isRead(_ header: String, _ first: Int64, _ last: Int64, _ complete: Int64?) throws {
        let range = try #require(ContentRange(header))
        #expect(range.first == first && range.last == last && range.complete == complete)
    }

    @Test(arguments: [
        nil, "", "bytes", "bytes 3-5", "bytes 3-/9", "bytes -5/9", "bytes 5-3/9", "bytes 3-5/5", "bytes 3-9/9", "bytes */9",
        "items 3-5/9", "bytes 3-5/9/9", "bytes 3-5-7/9", "bytes +3-5/9", "bytes 3-5/x", "bytes 3-99999999999999999999/9",
        "bytes\t3-5/9", "bytes 3 - 5/9",
    ])
    func isNone(_ header: String?) { #expect(ContentRange(header) == nil) }

    private typealias Headers = [(name: String, value: String)]

    private func progress(_ headers: Headers, after size: Int64 = 3) -> Fetch.Progress {
        var progress = Fetch.Progress()
        progress.begin(HTTPResponse(status: 200, headers: headers, body: []))
        progress.size = size
        return progress
    }

    /// Found in review: the rest of another file was taken, and a part of the rest for all of it.
    @Test(
        arguments: [
            ([("etag", "\"1\"")], [("etag", "\"1\"")], "bytes 3-5/6", true), ([("etag", "\"1\"")], [], "bytes 3-5/6", true),
            ([("etag", "\"1\"")], [("etag", "\"2\"")], "bytes 3-5/6", false),
            ([("last-modified", "A")], [("last-modified", "A")], "bytes 3-5/6", true),
            ([("last-modified", "A")], [], "bytes 3-5/6", true),
            ([("last-modified", "A")], [("last-modified", "B")], "bytes 3-5/6", false),
            // A weak tag promises nothing, and a date beside it is not to be used.
            ([("etag", "W/\"1\""), ("last-modified", "A")], [("last-modified", "A")], "bytes 3-5/6", false),
            ([("etag", "\"1\""), ("content-length", "6")], [], "bytes 3-5/6", true),
            ([("etag", "\"1\""), ("content-length", "6")], [], "bytes 3-5/*", true),
            ([("etag", "\"1\""), ("content-length", "6")], [], "bytes 3-5/7", false),
            ([("etag", "\"1\"")], [], "bytes 2-5/6", false), ([("etag", "\"1\"")], [], "bytes 3-", false),
        ] as [([(String, String)], [(String, String)], String, Bool)])
    func goesOn(_ first: [(String, String)], _ then: [(String, String)], _ range: String, _ expected: Bool) {
        var progress = progress(first.map { (name: $0.0, value: $0.1) })
        let headers = (then + [("content-range", range)]).map { (name: $0.0, value: $0.1) }
        let goesOn = progress.isContinued(by: HTTPResponse(status: 206, headers: headers, body: []))
        #expect(goesOn == expected)
    }

    @Test func thePartSaysHowMuchThereIs() {
        var progress = progress([(name: "etag", value: "\"1\""), (name: "transfer-encoding", value: "chunked")])
        #expect(progress.shortfall == nil)
        let part = [(name: "content-range", value: "bytes 3-5/9")]
        let goesOn = progress.isContinued(by: HTTPResponse(status: 206, headers: part, body: []))
        #expect(goesOn)
        progress.size = 6
        #expect(progress.shortfall == "the file has 9 bytes, and 6 came")
    }
}
