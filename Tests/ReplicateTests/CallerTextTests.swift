// How long each text of a caller may be, to the byte, and how little of one an error quotes.

import Testing

@testable import Replicate

struct CallerTextTests {
    private func text(_ count: Int) -> String { String(repeating: "a", count: count) }

    /// `use` takes a text of `limit` bytes, and refuses one more; the message begins with the name and quotes nothing.
    private func expect(_ limit: Int, _ name: String, _ use: (String) throws -> Void) throws {
        #expect(throws: Never.self) { try use(text(limit)) }
        for length in [limit + 1, 10 << 20] {
            let error = try #require(throws: ReplicateError.self) { try use(text(length)) }
            #expect(error.kind == .invalidInput)
            #expect(error.message == "\(name) has \(length) bytes; at most \(limit) are taken")
        }
    }

    @Test func aPartOfAPath() throws {
        try expect(1024, "id") { try PathSegment.check($0, argument: "id") }
        #expect(throws: Never.self) { try PathSegment.check(String(repeating: "é", count: 512), argument: "id") }
        #expect(throws: ReplicateError.self) { try PathSegment.check(String(repeating: "é", count: 513), argument: "id") }
    }

    @Test(arguments: [
        Operation.predictionsGet, .modelsGet, .modelsVersionsDelete, .trainingsCreate, .collectionsGet, .deploymentsUpdate,
        .filesDelete,
    ])
    func theArgumentsOfAnOperation(_ operation: Replicate.Operation) throws {
        let names = operation.arguments
        for (index, name) in names.enumerated() {
            try expect(1024, name) { long in
                var values = names.map { _ in "x" }
                values[index] = long
                try operation.check(values)
            }
        }
    }

    @Test func searches() throws {
        try expect(8192, "query") { try Operation.search.check([$0]) }
        try expect(65536, "query") { try Operation.check(search: $0, argument: "query") }
        let error = try #require(throws: ReplicateError.self) { try Operation.check(search: "", argument: "query") }
        #expect(error.message == "query is empty")
    }

    @Test func references() throws {
        try expect(4096, "the model reference") {
            _ = try ModelReference("a/b:" + $0.dropFirst(4))
        }
        try expect(4096, "version") { try ModelReference.version($0).check() }
        try expect(1024, "owner") { try ModelReference.model(owner: $0, name: "x").check() }
        try expect(1024, "name") { try ModelReference.deployment(owner: "x", name: $0).check() }
        for reference in ["\(text(1025))/b", "a/\(text(1025))", "deployments/a/\(text(1025))"] {
            #expect(throws: ReplicateError.self) { try ModelReference(reference) }
        }
        for wrong in ["a b", "a\r\nb", " ", "a\0", "\t", "\u{7F}"] {
            let error = try #require(throws: ReplicateError.self) { try ModelReference.version(wrong).check() }
            #expect(error.message == "version cannot hold a space or a control character")
        }
    }

    @Test func urlsAndPaths() throws {
        try expect(16384, "url") { try Client.check(page: $0, argument: "url") }
        try expect(16384, "path") { _ = try GenericRequest(method: "GET", path: "/" + $0.dropFirst(), body: nil, Options()) }
        for wrong in ["a b", "a\r\nb", "é", "a\0", "\u{7F}"] {
            let error = try #require(throws: ReplicateError.self) { try Client.check(page: wrong, argument: "url") }
            #expect(error.message == "url holds a character that a URL cannot have")
        }
        #expect(throws: ReplicateError.self) { try Client.check(page: "", argument: "url") }
        var input = try PredictionInput(JSON(validating: "{}"))
        try expect(16384, "webhook") { try input.set("webhook", JSON("https://x/" + $0.dropFirst(10))) }
    }

    @Test func optionsAndTheirNames() throws {
        for name in ["auth", "base_url", "env_file", "user_agent"] {
            try expect(16384, name) { _ = try Options([name: $0]) }
        }
        let zeros = try #require(throws: ReplicateError.self) { _ = try Options(["cancel_after": text(10 << 20)]) }
        #expect(zeros.message.hasPrefix("cancel_after has"))
        try expect(8192, "the header X-Trace") { _ = try Options(["header.X-Trace": $0]) }
        try expect(256, "the name of a header") { _ = try Options(["header.\($0)": "1"]) }
        try expect(8192, "the parameter q") { _ = try Options(["param.q": $0]) }
        try expect(256, "the name of a parameter") { _ = try Options(["param.\($0)": "1"]) }
        var input = try PredictionInput(JSON(validating: "{}"))
        try expect(256, "the name of a field of the request's body") { try input.set($0, JSON("x")) }
    }

    @Test func filesToSend() throws {
        let path = try #require(throws: ReplicateError.self) { _ = try UploadFile(path: text(4097)) }
        #expect(path.message == "path has 4097 bytes; at most 4096 are taken")
        #expect(throws: ReplicateError.self) { _ = try UploadFile(path: "") }
        var file = UploadFile(bytes: [])
        try expect(4096, "name") { try file.setName($0) }
        try expect(8192, "owner") { try Operation.filesDownload.check(["f", $0, "1", "s"]) }
        try expect(8192, "signature") { try Operation.filesDownload.check(["f", "o", "1", $0]) }
        try expect(1024, "id") { try Operation.filesDownload.check([$0, "o", "1", "s"]) }
    }

    @Test func aTextOfAnInputMayBeLong() throws {
        var input = try PredictionInput(JSON(validating: "{\"image\":\"\(text(10 << 20))\"}"))
        try input.set("more", JSON(text(10 << 20)))
        #expect(input.body().count > 20 << 20)
    }

    @Test(arguments: [
        ("", ""), ("a b", "a b"), ("a\r\nb\u{7F}", "a  b "), ("é\u{1F600}", "é\u{1F600}"), ("<html>", "<html>"),
        (String(repeating: "é", count: 60), String(repeating: "é", count: 60)),
        (String(repeating: "é", count: 61), String(repeating: "é", count: 60) + "…"),
    ])
    func shown(_ text: String, _ expected: String) {
        #expect(CallerText.shown(text) == expected)
    }

    @Test func messagesQuoteTheStartAlone() throws {
        let long = text(4000)
        let uses: [(String, () throws -> Void)] = [
            ("reference", { _ = try ModelReference(long) }),
            ("unknown option", { _ = try Options([long: "1"]) }),
            ("max_retries", { _ = try Options(["max_retries": long]) }),
            ("cancel_after", { _ = try Options(["cancel_after": long]) }),
            ("method", { _ = try GenericRequest(method: long, path: "/", body: nil, Options()) }),
        ]
        for (name, use) in uses {
            let error = try #require(throws: ReplicateError.self) { try use() }
            #expect(error.message.contains(name))
            #expect(error.message.contains(text(60) + "…"))
            #expect(!error.message.contains(text(61)))
        }
    }

    @Test func anEmptyUserAgentIsRefused() throws {
        for wrong in ["", " "] {
            let options = try Options(["user_agent": wrong, "auth": "x"])
            let error = try #require(throws: ReplicateError.self) { _ = try Configuration(options: options) { _ in nil } }
            #expect(error.message == "user_agent is empty")
        }
    }
}
