// Heads of answers: which are taken, and what is said of the others. (libcurl takes nearly all of them.)

import Testing

@testable import Replicate

struct AnswerHeadTests {
    private func read(_ lines: [String], bytes: Int = 4096, gzip: Bool = false) throws -> AnswerHead {
        var head = AnswerHead(.init(bytes: bytes, takesGzip: gzip))
        for line in lines {
            let raw = Array(line.utf8) + Array("\r\n".utf8)
            try raw.withUnsafeBytes { try head.take($0) { true } }
        }
        return head
    }

    @Test(arguments: [
        ["HTTP/1.1 200 OK", "Content-Length: 12", ""], ["HTTP/1.1 200", ""], ["HTTP/1.0 599 ", ""], ["HTTP/2 204", "a: b", ""],
        ["HTTP/3 200 ", ""], ["HTTP/2 200 ", ""], ["HTTP/1.1 999 Odd", ""],
        ["HTTP/1.1 200 OK", "Content-Length: 5", "content-length: 5", ""], ["HTTP/1.1 200 OK", "Content-Length: 5, 5 ,5", ""],
        ["HTTP/1.1 200 OK", "Content-Length:\t0", ""], ["HTTP/1.1 200 OK", "Transfer-Encoding: Chunked", ""],
        ["HTTP/1.1 200 OK", "Location: /a", "Location: /a", ""], ["HTTP/1.1 200 OK", "Content-Encoding: identity", ""],
        ["HTTP/1.1 200 OK", "X: \u{E9}\u{FF}", "empty:", ""], ["HTTP/1.1 200 OK", "", "Trailer without colon"],
        [
            "HTTP/1.1 100 Continue", "", "HTTP/1.1 103 Early Hints", "Content-Length: 3", "", "HTTP/1.1 200 OK",
            "Content-Length: 4", "",
        ],
    ])
    func taken(_ lines: [String]) throws {
        let head = try read(lines)
        #expect(head.isComplete)
        #expect(head.status >= 200)
    }

    @Test(arguments: [
        "HTTP/1.1 99 x", "HTTP/1.1 1000 x", "HTTP/1.1 -20 x", "HTTP/1.1 20", "HTTP/1.1  200 OK", "HTTP/1.1", "HTTP/1.2 200 OK",
        "HTTP/2.0 200 OK", "HTTP/2 200 OK", "HTTP/2", "HTTP/3.0 200 ", "HTTP/20 200 ", "HTTP/0.9 200 OK", "HTTP/11 200 OK",
        "HTTP/1.1 101 Switching Protocols", "HTTP/1.1 20O OK",
        "HTTP/1.1 " + String(repeating: "2", count: 100), "HTTP/1.1\t200 OK", "HTTP/1.1 2 00",
    ])
    func noStatusLine(_ line: String) throws {
        let refusal = try #require(throws: AnswerHead.Refusal.self) { _ = try read([line]) }
        #expect(refusal.reason == .malformed)
    }

    /// libcurl believes each of them, and is told to forget it. Of a connection: whether it speaks HTTP/2, if that is known.
    @Test(arguments: [
        ("HTTP/2.0 200 OK", true, true), ("HTTP/2 200 OK", true, true), ("HTTP/2 200 ", true, false), ("HTTP/2 200", true, false),
        ("HTTP/2.0 200 OK", nil, true), ("HTTP/2 200 OK", nil, true), ("HTTP/2 200 ", nil, false), ("HTTP/2 200", nil, false),
        ("HTTP/2 200 ", false, true), ("HTTP/2 200", false, true), ("HTTP/3 200 ", false, true),
        ("HTTP/1.1 200 OK", false, false), ("HTTP/1.1 200 OK", nil, false),
        ("HTTP/1.9 200 OK", true, false),
    ])
    func aClaimOfHTTP2(_ line: String, _ isFramed: Bool?, _ isClaim: Bool) {
        var head = AnswerHead(.init(bytes: 100))
        let isTaken = Array(line.utf8).withUnsafeBytes { (try? head.take($0) { isFramed }) != nil }
        #expect(head.claimsFrames == isClaim)
        #expect(isTaken == (!isClaim && !line.hasPrefix("HTTP/1.9")))
    }

    @Test(arguments: [
        ["Content-Length: 5", "Content-Length: 6"], ["Content-Length: 5, 6"], ["Content-Length: -1"], ["Content-Length: +1"],
        ["Content-Length: 10abc"], ["Content-Length:"], ["Content-Length: 5 5"], ["Content-Length: 0x5"], ["Content-Length: 5,"],
        ["Content-Length: 9223372036854775808"], ["Content-Length: 18446744073709551617"], ["Content-Length: 5.0"],
        ["Content-Length: 5", "Transfer-Encoding: chunked"], ["Transfer-Encoding: chunked", "Content-Length: 5"],
        ["Transfer-Encoding: gzip"], ["Transfer-Encoding: identity"], ["Transfer-Encoding: chunked, gzip"],
        ["Transfer-Encoding: chunked", "Transfer-Encoding: chunked"], ["Transfer-Encoding: chunked, chunked"],
        ["Transfer-Encoding: x\u{B}chunked"],
        ["Location: /a", "Location: /b"], [" folded"], ["\tfolded"], ["no colon"], [": no name"], ["name : spaced"], ["na me: x"],
        ["X: a\rb"], ["X: a\0b"], ["X\0: b"], ["X: a\r"], ["Content-Encoding: br"], ["Content-Encoding: gzip"],
    ])
    func refused(_ lines: [String]) throws {
        let refusal = try #require(throws: AnswerHead.Refusal.self) { _ = try read(["HTTP/1.1 200 OK"] + lines + [""]) }
        #expect(refusal.reason == .malformed)
        #expect(!refusal.message.isEmpty)
    }

    @Test(arguments: [
        (["gzip"], true), (["x-gzip"], true), (["GZIP"], true), (["identity, gzip"], true), (["gzip", "gzip"], false),
        (["gzip, gzip"], false), (["br"], false), (["zstd"], false), (["deflate"], false), (["gzip, br"], false),
        (["nonsense"], false),
    ])
    func codingsOfWhoAsksForGzip(_ values: [String], _ isTaken: Bool) throws {
        let lines = ["HTTP/1.1 200 OK"] + values.map { "Content-Encoding: \($0)" } + [""]
        if isTaken {
            #expect(try read(lines, gzip: true).isComplete)
        } else {
            let refusal = try #require(throws: AnswerHead.Refusal.self) { _ = try read(lines, gzip: true) }
            #expect(refusal.message.contains("cod"))
        }
    }

    @Test func theBytesOfAllHeadersHaveALimit() throws {
        let line = "X: " + String(repeating: "x", count: 95)  // 100 with its end
        let fits = ["HTTP/1.1 200 O"] + Array(repeating: line, count: 10)  // 16 + 1000
        #expect(try read(fits, bytes: 1016).headers.fields.count == 10)
        let refusal = try #require(throws: AnswerHead.Refusal.self) { _ = try read(fits, bytes: 1015) }
        #expect(refusal.reason == .tooLarge("headers of more than 1015 bytes"))
    }

    @Test(arguments: [(1, true), (10, true), (32, true), (33, false), (1000, false)])
    func soManyInterimAnswers(_ count: Int, _ isTaken: Bool) throws {
        let lines = Array(repeating: ["HTTP/1.1 103 Early Hints", ""], count: count).flatMap { $0 } + ["HTTP/1.1 200 OK", ""]
        if isTaken {
            #expect(try read(lines, bytes: 1 << 20).status == 200)
        } else {
            let refusal = try #require(throws: AnswerHead.Refusal.self) { _ = try read(lines, bytes: 1 << 20) }
            #expect(refusal.reason == .tooLarge("more than 32 interim answers"))
        }
    }

    @Test func ofAnInterimAnswerNothingStays() throws {
        let head = try read(["HTTP/1.1 103 Hints", "Location: /a", "", "HTTP/1.1 302 Found", "Location: /b", ""])
        #expect(head.headers["location"] == "/b")
    }

    @Test func whatFollowsTheBodyIsNoHeader() throws {
        #expect(try read(["HTTP/1.1 200 OK", "", "Location: /b", ""]).headers["location"] == nil)
    }

    @Test(arguments: [
        (["HTTP/1.1 200 OK", "Content-Length: 1", ""], true), (["HTTP/1.1 200 OK", "Transfer-Encoding: chunked", ""], true),
        (["HTTP/1.1 200 OK", ""], false), (["HTTP/1.0 200 OK", ""], false), (["HTTP/2 200", ""], true),
        (["HTTP/1.1 100 Continue", "Content-Length: 1", "", "HTTP/1.1 200 OK", ""], false),
    ])
    func whereTheEndShows(_ lines: [String], _ shows: Bool) throws {
        #expect(try read(lines).showsEnd == shows)
    }
}
