// Every operation of the table: its method and URL, the arguments and parameters it takes and refuses, what it sends.

import FoundationEssentials
import Testing

@testable import Replicate

struct OperationTableTests {
    /// Called with as many of `values` as they have arguments.
    static let rows: [(operation: Operation, line: String)] = [
        (.accountGet, "GET /account"), (.hardwareList, "GET /hardware"),
        (.webhooksDefaultSecretGet, "GET /webhooks/default/secret"), (.search, "GET /search?query=a%20b%3F"),
        (.collectionsList, "GET /collections"), (.collectionsGet, "GET /collections/a%20b%3F"),
        (.deploymentsList, "GET /deployments"), (.deploymentsCreate, "POST /deployments"),
        (.deploymentsGet, "GET /deployments/a%20b%3F/%C3%BC"),
        (.deploymentsUpdate, "PATCH /deployments/a%20b%3F/%C3%BC"),
        (.deploymentsDelete, "DELETE /deployments/a%20b%3F/%C3%BC"),
        (.deploymentsPredictionsCreate, "POST /deployments/a%20b%3F/%C3%BC/predictions"),
        (.filesList, "GET /files"), (.filesGet, "GET /files/a%20b%3F"), (.filesDelete, "DELETE /files/a%20b%3F"),
        (.modelsList, "GET /models"), (.modelsCreate, "POST /models"), (.modelsSearch, "QUERY /models"),
        (.modelsGet, "GET /models/a%20b%3F/%C3%BC"), (.modelsUpdate, "PATCH /models/a%20b%3F/%C3%BC"),
        (.modelsDelete, "DELETE /models/a%20b%3F/%C3%BC"),
        (.modelsExamplesList, "GET /models/a%20b%3F/%C3%BC/examples"),
        (.modelsPredictionsCreate, "POST /models/a%20b%3F/%C3%BC/predictions"),
        (.modelsReadmeGet, "GET /models/a%20b%3F/%C3%BC/readme"),
        (.modelsVersionsList, "GET /models/a%20b%3F/%C3%BC/versions"),
        (.modelsVersionsGet, "GET /models/a%20b%3F/%C3%BC/versions/%252F%23"),
        (.modelsVersionsDelete, "DELETE /models/a%20b%3F/%C3%BC/versions/%252F%23"),
        (.predictionsList, "GET /predictions"), (.predictionsCreate, "POST /predictions"),
        (.predictionsGet, "GET /predictions/a%20b%3F"), (.predictionsCancel, "POST /predictions/a%20b%3F/cancel"),
        (.trainingsCreate, "POST /models/a%20b%3F/%C3%BC/versions/%252F%23/trainings"),
        (.trainingsList, "GET /trainings"), (.trainingsGet, "GET /trainings/a%20b%3F"),
        (.trainingsCancel, "POST /trainings/a%20b%3F/cancel"),
    ]
    static let values = ["a b?", "ü", "%2F#"]

    @Test func everyRowIsTestedHereOnce() {
        // The bytes of files go ways of their own.
        let plain = Operation.all.filter { $0.body != .form && $0.result != .bytes }
        #expect(Self.rows.map(\.operation.name).sorted() == plain.map(\.name).sorted())
        #expect(Set(Operation.all.map(\.name)).count == Operation.all.count)
        #expect(Set(Operation.all.map { "\($0.methodName) \($0.path)" }).count == Operation.all.count)
    }

    @Test func noRowOfTheTableIsLeftOutOfAll() throws {
        let top = String(#filePath.prefix(#filePath.count - "Tests/ReplicateTests/Resources/OperationTableTests.swift".count))
        let table = try String(contentsOfFile: "\(top)Sources/Replicate/Resources/OperationTable.swift", encoding: .utf8)
        let names = table.matches(of: /Operation\(\s*"([a-z.]+)"/).map { String($0.output.1) }
        #expect(Operation.all.map(\.name) == names)
    }

    @Test(arguments: rows)
    func methodAndURL(_ operation: Operation, _ line: String) async throws {
        let network = ScriptedNetwork([.json(200, "{}")])
        _ = try await Client(network).call(operation, Array(Self.values.prefix(operation.arguments.count)), Options())
        let request = try #require(await network.sent.first?.request)
        let wanted = line.replacing(" ", with: " https://api.replicate.com/v1")
        #expect("\(request.method.rawValue) \(request.url)" == wanted)
        #expect(request.body == nil)
        #expect(request.header("Accept") == (operation.result == .text ? "text/plain" : "application/json"))
    }

    @Test(arguments: rows.map(\.operation).filter { !$0.arguments.isEmpty && $0.name != "search" })
    func argumentsThatCannotStandInThePathAreRefused(_ operation: Operation) async throws {
        let network = ScriptedNetwork([])
        let client = try Client(network)
        let bad = ["", ".", "..", "a/b", "/", "a\\b", "a\rb", "a\n", "a\r\nb", "a\0b", "\u{7F}"]
        for (index, argument) in operation.arguments.enumerated() {
            for value in bad {
                var values = Array(Self.values.prefix(operation.arguments.count))
                values[index] = value
                let error = try await #require(throws: ReplicateError.self, "\(argument) \(value.debugDescription)") {
                    _ = try await client.call(operation, values, Options())
                }
                #expect(error.kind == .invalidInput)
                #expect(error.message.hasPrefix("\(argument) "))
                #expect(error.attempts == 0)
                #expect(throws: ReplicateError.self) { try operation.check(values) }
            }
            let error = try #require(throws: ReplicateError.self) {
                try operation.check(Array(Self.values.prefix(index)))
            }
            #expect(error.message == "\(argument) is missing")
        }
        #expect(await network.sent.isEmpty)
    }

    @Test(arguments: ["a/b", "..", "?&=#+", "ü\r\n\0", "%2F", " "])
    func searchTakesAnyText(_ query: String) async throws {
        let network = ScriptedNetwork([.json(200, "{}")])
        _ = try await Client(network).call(.search, [query], Options(["param.limit": "5"]))
        let encoded = query.utf8.map { byte in
            "abF2.".utf8.contains(byte) ? String(UnicodeScalar(byte)) : "%" + hexadecimal(byte)
        }
        let url = try #require(await network.sent.first?.request.url)
        #expect(url == "https://api.replicate.com/v1/search?query=\(encoded.joined())&limit=5")
    }

    private func hexadecimal(_ byte: UInt8) -> String {
        (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
    }

    @Test func parametersAreEncodedInTheirOrder() async throws {
        let network = ScriptedNetwork([.json(200, "{}")])
        let options = try Options([
            "param.source": "x", "param.created_before": "2026-01-01T00:00:00+01:00", "param.created_after": "ü &=?",
            "param.source": "a/b",
        ])
        _ = try await Client(network).call(.predictionsList, [], options)
        let query = "created_before=2026-01-01T00%3A00%3A00%2B01%3A00&created_after=%C3%BC%20%26%3D%3F&source=a%2Fb"
        #expect(await network.sent.first?.request.url == "https://api.replicate.com/v1/predictions?\(query)")
    }

    @Test(arguments: rows.map(\.operation))
    func aParameterThatIsNotInTheRowIsRefused(_ operation: Operation) async throws {
        let network = ScriptedNetwork([])
        let client = try Client(network)
        let known = operation.parameters.isEmpty ? "none" : operation.parameters.joined(separator: ", ")
        for name in ["cursor", "Limit", "query"] {
            let error = try await #require(throws: ReplicateError.self) {
                let values = Array(Self.values.prefix(operation.arguments.count))
                _ = try await client.call(operation, values, Options(["param.\(name)": "1"]))
            }
            #expect(error.kind == .invalidInput)
            #expect(error.message == "\(operation.name) takes no \"\(name)\"; its parameters are: \(known)")
        }
        #expect(await network.sent.isEmpty)
    }

    @Test(
        arguments: [
            (.modelsSearch, "fox \"ü\"\n", "text/plain"), (.modelsCreate, "{\"a\": 1.0}", "application/json"),
        ] as [(Operation, String, String)])
    func bodiesGoAlongAsTheyAre(_ operation: Operation, _ body: String, _ type: String) async throws {
        let network = ScriptedNetwork([.json(200, "{}")])
        _ = try await Client(network).call(operation, [], body: Array(body.utf8), Options())
        let request = try #require(await network.sent.first?.request)
        #expect(request.bodyText == body)
        #expect(request.headers.filter { $0.name == "Content-Type" }.map(\.value) == [type])
    }
}
