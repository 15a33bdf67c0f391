// What becomes of an operation's answer, which operations are sent again, and where further pages are asked for.

import Testing

@testable import Replicate

struct OperationAnswerTests {
    private func call(_ operation: Operation, _ network: ScriptedNetwork) async throws -> JSON {
        let arguments = operation.arguments.map { _ in "a" }
        return try await Client(network).call(operation, arguments, Options())
    }

    @Test(arguments: ["# Fox\n\n\"ü\" \\ \u{1}", "", "{}", "null"])
    func theReadmeBecomesAString(_ text: String) async throws {
        let readme = try await call(.modelsReadmeGet, ScriptedNetwork([.json(200, text)]))
        #expect(readme.kind == .string)
        #expect(readme.string == text)
        #expect(throws: Never.self) { _ = try JSON(validating: Array(readme.bytes)) }
    }

    @Test func aReadmeThatIsNotUTF8IsAProtocolError() async throws {
        let response = HTTPResponse(status: 200, headers: [], body: [0x61, 0xFF])
        let network = ScriptedNetwork([], rest: .init(result: .success(response)))
        let error = try await #require(throws: ReplicateError.self) { _ = try await call(.modelsReadmeGet, network) }
        #expect(error.kind == .protocol)
    }

    @Test(
        arguments: OperationTableTests.rows.map(\.operation).filter { $0.name.hasSuffix(".delete") }, [200, 202, 204])
    func aDeleteGivesTrue(_ operation: Operation, _ status: Int) async throws {
        for body in ["", "\r\n"] {
            #expect(try await call(operation, ScriptedNetwork([.json(status, body)])).rawText == "true")
        }
        #expect(try await call(operation, ScriptedNetwork([.json(status, "{\"a\":1}")])).rawText == "{\"a\":1}")
    }

    @Test(arguments: [
        "{\"zz\": 1.0 ,\"a\":\"\\u00e9\\/\", \"a\":12345678901234567890,\"results\":[ {} ]}", "[1e2 , -0]", "null",
    ])
    func fieldsThatNobodyKnowsAreKept(_ text: String) async throws {
        for operation in [Operation.accountGet, .modelsGet, .predictionsList, .deploymentsUpdate] {
            #expect(try await call(operation, ScriptedNetwork([.json(200, " \(text)\n")])).rawText == text)
        }
    }

    @Test(arguments: [Operation.predictionsGet, .trainingsGet])
    func onePredictionIsAnObjectWithTheIDThatWasAskedFor(_ operation: Operation) async throws {
        for text in ["{}", "{\"id\":\"a\"}", "{\"id\":7}"] {
            #expect(try await call(operation, ScriptedNetwork([.json(200, text)])).rawText == text)
        }
        for text in ["null", "5", "\"a\"", "[]", "true", "{\"id\":\"b\"}"] {
            let error = try await #require(throws: ReplicateError.self) {
                _ = try await call(operation, ScriptedNetwork([.json(200, text)]))
            }
            #expect(error.kind == .protocol)
        }
    }

    @Test(arguments: [200, 201, 202, 203, 206, 226, 299])
    func any2xxIsSuccess(_ status: Int) async throws {
        for operation in OperationTableTests.rows.map(\.operation) {
            let network = ScriptedNetwork([.json(status, "{}")])
            let json = try await call(operation, network)
            #expect(json.rawText == (operation.result == .text ? "\"{}\"" : "{}"))
        }
    }

    @Test(arguments: [199, 300, 304, 404])
    func nothingElseIsSuccess(_ status: Int) async throws {
        let error = try await #require(throws: ReplicateError.self) {
            _ = try await call(.modelsDelete, ScriptedNetwork([.json(status, "{}")]))
        }
        #expect(error.status == status)
    }

    @Test(arguments: OperationTableTests.rows)
    func repetition(_ operation: Operation, _ line: String) async throws {
        let isSentOnce = (line.hasPrefix("POST") || line.hasPrefix("PATCH")) && !line.hasSuffix("/cancel")
        for (status, attempts) in [(500, isSentOnce ? 1 : 3), (503, isSentOnce ? 1 : 3), (429, 3), (400, 1)] {
            let network = ScriptedNetwork([], rest: .json(status, "{}"))
            let error = try await #require(throws: ReplicateError.self) { _ = try await call(operation, network) }
            #expect(error.status == status)
            #expect(error.attempts == attempts)
            #expect(error.delivery == (isSentOnce ? status >= 500 ? .maybeSent : .rejected : nil))
            #expect(await network.sent.count == attempts)
        }
    }

    @Test(arguments: [
        ("https://api.replicate.com/v1/models?cursor=cD0%3d%2f%2F+~&x=%C3%BC", nil),
        ("https://api.replicate.com/elsewhere?a=b&&", nil), ("/v1/trainings?cursor=a%20b", "https://api.replicate.com"),
        ("models?cursor=1", "https://api.replicate.com/v1/"),
        ("//api.replicate.com/v1/files?x", "https:"),
    ])
    func aPageIsAskedForWhereItIs(_ page: String, _ before: String?) async throws {
        let network = ScriptedNetwork([.json(200, "{\"next\":null,\"x\": 1.0}")])
        let json = try await Client(network).page(at: page, Options(["header.X-A": "1"]))
        #expect(json.rawText == "{\"next\":null,\"x\": 1.0}")
        let request = try #require(await network.sent.first?.request)
        #expect(request.method == .get)
        #expect(request.url == (before ?? "") + page)
        #expect(request.header("X-A") == "1")
        #expect(request.header("Authorization") == "Bearer \(Client.testToken)")
    }

    @Test(arguments: [
        "https://evil.example/v1/models", "//evil.example/v1/models", "http://api.replicate.com/v1/models",
        "https://api.replicate.com:8443/v1/models", "https://api.replicate.com.evil.example/", "ftp://x/", "a b",
        "a\r\nb",
        "https://api.replicate.com\\@evil.example/",
    ])
    func aPageElsewhereIsRefusedAndTheTokenStays(_ page: String) async throws {
        let network = ScriptedNetwork([])
        let client = try Client(network)
        let error = try await #require(throws: ReplicateError.self) { _ = try await client.page(at: page, Options()) }
        #expect(error.kind == .invalidInput)
        #expect(error.message.contains("api.replicate.com"))
        #expect(error.attempts == 0)
        #expect(await network.sent.isEmpty)
    }
}
