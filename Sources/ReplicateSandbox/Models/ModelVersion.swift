// A version of a model: a program that runs, under an id that is the digest of its definition.

import Crypto
import Replicate

struct ModelVersion: Sendable {
    let model: any Model
    let input: Schema
    /// What a training of it takes; nil where it cannot be trained.
    let training: Schema?
    let id: String
    let createdAt: Timestamp
    private let schemas: [UInt8]

    /// - Parameter origin: tells versions apart whose definitions are the same, the id of a training for instance.
    init(_ model: any Model, createdAt: Timestamp, origin: String = "") throws {
        let input = try JSON(validating: model.inputSchema)
        let output = try JSON(validating: model.outputSchema)
        var schemas = JSONObject()
        schemas.add("Input", raw: input.bytes)
        schemas.add("Output", raw: output.bytes)
        if let trainable = model as? any TrainableModel {
            let training = try JSON(validating: trainable.trainingSchema)
            schemas.add("TrainingInput", raw: training.bytes)
            schemas.add("TrainingOutput", raw: Array(Self.trainingOutput.utf8))
            self.training = Schema(training)
        } else {
            training = nil
        }
        self.model = model
        self.input = Schema(input)
        self.createdAt = createdAt
        self.schemas = schemas.text
        let definition = ["\(model.owner)/\(model.name)", model.summary, model.inputSchema, model.outputSchema, origin]
        id = model.knownVersionID ?? hexadecimal(SHA256.hash(data: Array(definition.joined(separator: "\n").utf8)))
    }

    private static let trainingOutput = """
        {"type":"object","title":"TrainingOutput","required":["version"],"properties":{\
        "version":{"type":"string"},"weights":{"type":"string","format":"uri"}}}
        """

    var name: FullName { FullName(owner: model.owner, name: model.name) }
    var path: String { name.text }

    var json: JSONObject {
        var components = JSONObject()
        components.add("schemas", raw: schemas)
        var info = JSONObject()
        info.add("title", path)
        info.add("version", "0.1.0")
        var document = JSONObject()
        document.add("openapi", "3.0.2")
        document.add("info", info)
        document.add("paths", JSONObject())
        document.add("components", components)
        var version = JSONObject()
        version.add("id", id)
        version.add("created_at", createdAt.text)
        version.add("cog_version", "sandbox")  // The Python client takes no null here.
        version.add("openapi_schema", document)
        return version
    }
}

func hexadecimal(_ bytes: some Sequence<UInt8>) -> String {
    let digits = Array("0123456789abcdef".utf8)
    return String(decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
}
