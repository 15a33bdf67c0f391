// What a model of the sandbox is: a small program with a described input and output.

import Crypto
import Replicate

protocol Model: Sendable {
    var owner: String { get }
    var name: String { get }
    var summary: String { get }
    /// JSON Schema texts.
    var inputSchema: String { get }
    var outputSchema: String { get }

    /// Seconds between the creation and the start, as a worker that has to boot takes them.
    func startDelay(_ input: ModelInput) -> Double

    /// Returns the output as JSON text, or throws a `ModelFailure`.
    func run(_ input: ModelInput, in run: ModelRun) async throws -> [UInt8]
}

extension Model {
    func startDelay(_ input: ModelInput) -> Double { 0 }
}

/// How a prediction comes to fail: the text becomes its `error`.
struct ModelFailure: Error, Sendable {
    let message: String
}

/// The checked input of one run, with the schema's defaults behind what was given.
struct ModelInput: Sendable {
    let json: JSON
    private let values: [String: JSON]

    init(_ json: JSON, schema: Schema) {
        self.json = json
        var values: [String: JSON] = [:]
        for property in schema.properties { values[property.name] = property.schema.preset }
        for member in json.members { values[member.name] = member.value }
        self.values = values
    }

    subscript(name: String) -> JSON? { values[name] }
}

/// What a running model may do: write its log and let time pass.
struct ModelRun: Sendable {
    let id: String
    let store: PredictionStore
    let speed: Double

    /// Throws once the prediction has ended otherwise, by a cancel for instance.
    func log(_ line: String) async throws {
        guard await store.log(line + "\n", id: id) else { throw CancellationError() }
    }

    /// Pauses that the speed makes shorter than a tenth of a millisecond are none.
    func sleep(_ seconds: Double) async throws {
        let seconds = seconds / speed
        if seconds >= 0.0001 { try await Task.sleep(for: .seconds(seconds)) }
    }
}

/// A model as the server offers it: with its one version, whose id is the digest of the definition.
struct PublishedModel: Sendable {
    let model: any Model
    let input: Schema
    let versionID: String
    let path: String
    private let inputSchema: [UInt8]
    private let outputSchema: [UInt8]

    init(_ model: any Model) throws {
        let input = try JSON(validating: model.inputSchema)
        let output = try JSON(validating: model.outputSchema)
        self.model = model
        self.input = Schema(input)
        self.inputSchema = Array(input.bytes)
        self.outputSchema = Array(output.bytes)
        path = "\(model.owner)/\(model.name)"
        let definition = [path, model.summary, model.inputSchema, model.outputSchema].joined(separator: "\n")
        versionID = SHA256.hash(data: Array(definition.utf8)).map { byte in
            let digits = String(byte, radix: 16)
            return digits.count == 1 ? "0" + digits : digits
        }.joined()
    }

    func versionJSON(createdAt: Timestamp) -> JSONObject {
        var schemas = JSONObject()
        schemas.add("Input", raw: inputSchema)
        schemas.add("Output", raw: outputSchema)
        var components = JSONObject()
        components.add("schemas", schemas)
        var info = JSONObject()
        info.add("title", path)
        info.add("version", "0.1.0")
        var document = JSONObject()
        document.add("openapi", "3.0.2")
        document.add("info", info)
        document.add("paths", JSONObject())
        document.add("components", components)
        var version = JSONObject()
        version.add("id", versionID)
        version.add("created_at", createdAt.text)
        version.add("cog_version", "sandbox")  // The Python client takes no null here.
        version.add("openapi_schema", document)
        return version
    }

    func json(base: String, createdAt: Timestamp, runs: Int) -> JSONObject {
        var object = JSONObject()
        object.add("url", "\(base)/v1/models/\(path)")
        object.add("owner", model.owner)
        object.add("name", model.name)
        object.add("description", model.summary)
        object.add("visibility", "public")
        object.add("is_official", false)
        for name: StaticString in ["github_url", "paper_url", "license_url"] { object.addNull(name) }
        object.add("run_count", runs)
        object.addNull("cover_image_url")
        object.addNull("default_example")
        object.add("latest_version", versionJSON(createdAt: createdAt))
        return object
    }
}
