// replicate/hello-world: greets whatever it is given. The first model that everybody runs.

import Replicate

struct HelloWorld: Model {
    let owner = "replicate"
    let name = "hello-world"
    let summary = "Says hello, locally: a stand-in for the model of this name, without a neural network."
    let inputSchema = """
        {"type":"object","title":"Input","required":["text"],"additionalProperties":false,"properties":{\
        "text":{"type":"string","title":"Text","x-order":0,"description":"Text to prefix with 'hello '"}}}
        """
    let outputSchema = #"{"type":"string","title":"Output"}"#
    let exampleInput = #"{"text":"Alice"}"#
    let tags = ["text"]
    let knownVersionID: String? = "5c7d5dc6dd8bf75c1acaa8565735e7986bc5b66206b55cca93cb72c9bf15ccaa"

    func run(_ input: ModelInput, in run: ModelRun) async throws -> ModelOutput {
        try await run.log("replicate-sandbox: this ran on the local sandbox, which is no neural network.")
        try await run.sleep(0.01)
        return .text("hello " + input.text("text"))
    }
}
