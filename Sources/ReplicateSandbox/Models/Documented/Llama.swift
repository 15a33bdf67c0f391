// meta/meta-llama-3-8b-instruct: the sandbox's story, under the name of the model that Replicate's documentation streams.

import Replicate

struct Llama: Model {
    let owner = "meta"
    let name = "meta-llama-3-8b-instruct"
    let summary = "Streams a story of phrases, locally: a stand-in for the model of this name, without a neural network."
    // Whatever else the real one takes, temperature for instance, is taken and does nothing.
    let inputSchema = """
        {"type":"object","title":"Input","required":["prompt"],"properties":{\(Story.properties)}}
        """
    let outputSchema = Story.outputSchema
    let exampleInput = #"{"prompt":"Tell me about foxes","seed":1,"max_tokens":40,"tokens_per_second":0}"#
    let tags = ["text", "streaming", "language"]
    let streaming: PredictionStream.Kind? = .text

    func run(_ input: ModelInput, in run: ModelRun) async throws -> ModelOutput {
        try await Story.tell(input, in: run)
    }
}
