// sandbox/trainable: completes prompts with a table of words, and learns such a table from examples.

import Replicate

struct Trainable: TrainableModel {
    let owner = "sandbox"
    let name = "trainable"
    let summary = "Completes a prompt from a table of words; a training makes a version with a table of your own."
    let inputSchema = WordTableModel.inputSchema
    let outputSchema = WordTableModel.outputSchema
    let exampleInput = #"{"prompt":"The sandbox"}"#
    let tags = ["text", "trainable"]
    let trainingSchema = """
        {"type":"object","title":"TrainingInput","additionalProperties":false,"properties":{\
        "examples":{"type":"array","title":"Examples","x-order":0,"description":"What shall follow what",\
        "items":{"type":"object","required":["prompt","completion"],"properties":{\
        "prompt":{"type":"string"},"completion":{"type":"string"}}}},\
        "text":{"type":"string","title":"Text","x-order":1,"description":"A text whose words' order is learned"},\
        "steps":{"type":"integer","title":"Steps","x-order":2,"default":20,"minimum":1,"maximum":1000,\
        "description":"How many steps to learn in; each takes a twentieth of a second"}}}
        """

    private static let stepSeconds = 0.05
    private static let untrained = """
        The sandbox runs on this machine and needs no network. Its models are small programs that do a real piece of \
        work. A training teaches this one which words follow which.
        """

    func run(_ input: ModelInput, in run: ModelRun) async throws -> ModelOutput {
        var table = WordTable()
        table.learn(text: Self.untrained)
        return try await WordTableModel.complete(input, with: table, in: run)
    }

    func trainingViolations(_ input: ModelInput) -> [SchemaViolation] {
        guard input.text("text").allSatisfy(\.isWhitespace), input["examples"]?.elements.isEmpty ?? true else {
            return []
        }
        return [SchemaViolation(kind: "required", field: "input", description: "examples or text is required")]
    }

    func train(_ input: ModelInput, for name: FullName, in run: ModelRun) async throws -> (
        any Model, weights: OutputFile
    ) {
        let examples = input["examples"]?.elements ?? []
        let steps = input.integer("steps") ?? 20
        var table = WordTable()
        try await run.log(
            "replicate-sandbox: learning a table of words from \(examples.count) examples, no neural network")
        table.learn(text: input.text("text"))
        for step in 0...max(steps, 1) {
            if step > 0 {
                let part = (examples.count * (step - 1) / steps)..<(examples.count * step / steps)
                for example in examples[part] {
                    table.learn(
                        prompt: example["prompt"]?.string ?? "", completion: example["completion"]?.string ?? "")
                }
                try await run.sleep(Self.stepSeconds)
            }
            try await run.log(Slow.progressLine(step: step, of: max(steps, 1), stepSeconds: Self.stepSeconds))
        }
        let weights = OutputFile(name: "weights.json", type: "application/json", bytes: table.json)
        return (WordTableModel(owner: name.owner, name: name.name, table: table), weights)
    }
}

/// What comes out of such a training.
struct WordTableModel: Model {
    let owner: String
    let name: String
    let table: WordTable
    let summary = "Completes a prompt with what it was trained on."
    let inputSchema: String = Self.inputSchema
    let outputSchema: String = Self.outputSchema
    let exampleInput = #"{"prompt":"The"}"#

    static let inputSchema = """
        {"type":"object","title":"Input","required":["prompt"],"additionalProperties":false,"properties":{\
        "prompt":{"type":"string","title":"Prompt","x-order":0,"description":"The beginning of a text"},\
        "max_words":{"type":"integer","title":"Max Words","x-order":1,"default":20,"minimum":1,"maximum":500,\
        "description":"How many words may follow"}}}
        """
    static let outputSchema = #"{"type":"string","title":"Output"}"#

    func run(_ input: ModelInput, in run: ModelRun) async throws -> ModelOutput {
        try await Self.complete(input, with: table, in: run)
    }

    static func complete(_ input: ModelInput, with table: WordTable, in run: ModelRun) async throws -> ModelOutput {
        try await run.log("replicate-sandbox: completing from a table of words, which is no neural network")
        return .text(table.completion(of: input.text("prompt"), words: input.integer("max_words") ?? 20))
    }
}
