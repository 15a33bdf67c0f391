// What a model of the sandbox is: a small program with a described input and output.

import Replicate

protocol Model: Sendable {
    var owner: String { get }
    var name: String { get }
    var summary: String { get }
    /// JSON Schema texts.
    var inputSchema: String { get }
    var outputSchema: String { get }
    /// An input, as JSON text, whose run is shown to whoever looks at the model.
    var exampleInput: String { get }
    /// What a search shows it under.
    var tags: [String] { get }
    /// The version id of the real model of this name, where one is known.
    var knownVersionID: String? { get }
    /// What it streams while it runs; nil where its output comes at the end.
    var streaming: PredictionStream.Kind? { get }

    /// Seconds between the creation and the start, as a worker that has to boot takes them.
    func startDelay(_ input: ModelInput) -> Double

    func run(_ input: ModelInput, in run: ModelRun) async throws -> ModelOutput
}

extension Model {
    var tags: [String] { [] }
    var knownVersionID: String? { nil }
    var streaming: PredictionStream.Kind? { nil }

    func startDelay(_ input: ModelInput) -> Double { 0 }
}

/// A model of which others can be made.
protocol TrainableModel: Model {
    /// What a training takes, as JSON Schema text.
    var trainingSchema: String { get }

    /// What is wrong with a training's input beyond its schema.
    func trainingViolations(_ input: ModelInput) -> [SchemaViolation]

    /// What has been learned, as a model of the name that the training is for, and its weights for whoever wants them.
    func train(_ input: ModelInput, for name: FullName, in run: ModelRun) async throws -> (
        any Model, weights: OutputFile
    )
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

    func text(_ name: String) -> String { values[name]?.string ?? "" }

    /// A whole number however it is written; nil as well where it is too large to be one.
    func integer(_ name: String) -> Int? { values[name]?.double.flatMap { Int(exactly: $0.rounded()) } }
}

/// What a running model may do: write its log, put out a part of its output, let time pass, and look at uploaded files.
struct ModelRun: Sendable {
    let id: String
    let store: PredictionStore
    let files: FileStore
    let speed: Double
    /// Where the prediction's request came to.
    let base: String

    /// Throws once the prediction has ended otherwise, by a cancel for instance.
    func log(_ line: String) async throws {
        guard await store.log(line + "\n", id: id) else { throw CancellationError() }
    }

    /// Adds to the output of a model that streams.
    func emit(_ chunks: [String]) async throws {
        guard await store.emit(chunks, id: id) else { throw CancellationError() }
    }

    func emit(_ file: OutputFile) async throws {
        guard await store.emit(file, id: id) else { throw CancellationError() }
    }

    /// The seed that was given, or one made up, as the log says.
    func seed(_ input: ModelInput) async throws -> String {
        if let seed = input.integer("seed") { return "\(seed)" }
        if let seed = input["seed"], !seed.isNull { return String(decoding: seed.bytes, as: UTF8.self) }
        let seed = "\(Int.random(in: 0...Int(Int32.max)))"
        try await log("Using seed: \(seed)")
        return seed
    }

    /// Pauses that the speed makes shorter than a tenth of a millisecond are none.
    func sleep(_ seconds: Double) async throws {
        let seconds = seconds / speed
        if seconds >= 0.0001 { try await Task.sleep(for: .seconds(seconds)) }
    }
}
