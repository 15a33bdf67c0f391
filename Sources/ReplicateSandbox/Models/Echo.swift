// sandbox/echo: gives back its input to the byte, for checking what a client sends.

import Replicate

struct Echo: Model {
    let owner = "sandbox"
    let name = "echo"
    let summary = "Gives back the input object exactly as it was sent."
    let inputSchema = #"{"type":"object","title":"Input","additionalProperties":true,"properties":{}}"#
    let outputSchema = #"{"type":"object","title":"Output","additionalProperties":true}"#
    let exampleInput = #"{"greeting":"hello","list":[1,2.0,3e0],"nothing":null}"#
    let tags = ["testing"]

    func run(_ input: ModelInput, in run: ModelRun) async throws -> ModelOutput {
        try await run.log("replicate-sandbox: echoing \(input.json.bytes.count) bytes")
        return .json(Array(input.json.bytes))
    }
}
