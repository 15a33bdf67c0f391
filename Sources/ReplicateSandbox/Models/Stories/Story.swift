// sandbox/story: streams a story of phrases, for trying whatever reads a stream.

import Replicate

struct Story: Model {
    let owner = "sandbox"
    let name = "story"
    let summary = "Streams a story about your prompt, put together from a table of phrases without a neural network."
    let inputSchema: String = """
        {"type":"object","title":"Input","required":["prompt"],"additionalProperties":false,"properties":{\
        \(Self.properties),\
        "fail_after_tokens":{"type":"integer","title":"Fail After Tokens","x-order":4,"minimum":0,\
        "description":"Fail after so many tokens, for trying what a program does then"}}}
        """
    let outputSchema: String = Self.outputSchema
    let exampleInput = #"{"prompt":"A story about a fox","seed":1,"max_tokens":40,"tokens_per_second":0}"#
    let tags = ["text", "streaming"]
    let streaming: PredictionStream.Kind? = .text

    static let properties = """
        "prompt":{"type":"string","title":"Prompt","x-order":0,"description":"What the story is about"},\
        "seed":{"type":"integer","title":"Seed","x-order":1,"nullable":true,\
        "description":"The same seed and prompt give the same story"},\
        "max_tokens":{"type":"integer","title":"Max Tokens","x-order":2,"default":100,"minimum":1,"maximum":1000000,\
        "description":"How many tokens to make"},\
        "tokens_per_second":{"type":"number","title":"Tokens Per Second","x-order":3,"default":50,"minimum":0,\
        "description":"How fast; 0 for as fast as possible"}
        """
    static let outputSchema = """
        {"type":"array","title":"Output","items":{"type":"string"},"x-cog-array-type":"iterator",\
        "x-cog-array-display":"concatenate"}
        """

    func run(_ input: ModelInput, in run: ModelRun) async throws -> ModelOutput {
        try await Self.tell(input, in: run)
    }

    /// Tokens that are due at the same time are put out together, so that a fast story is one of few steps.
    private static let largestBatch = 1024
    private static let shortestPause = 0.001

    static func tell(_ input: ModelInput, in run: ModelRun) async throws -> ModelOutput {
        try await run.log("replicate-sandbox: telling a story from a table of phrases, with no neural network")
        let prompt = input.text("prompt")
        var teller = StoryTeller(prompt: prompt, seed: try await run.seed(input))
        let count = input.integer("max_tokens") ?? 100
        let rate = input["tokens_per_second"]?.double ?? 50
        let failure = input.integer("fail_after_tokens")
        let end = min(failure ?? count, count)
        let start = ContinuousClock.now
        var firstToken: Double?
        var made = 0
        while made < end {
            let elapsed = (ContinuousClock.now - start) / .seconds(1) * run.speed
            let due = rate > 0 ? Int(min(elapsed * rate, Double(end - 1))) + 1 : end
            if due > made {
                let batch = (made..<min(due, made + largestBatch)).map { _ in teller.next() }
                try await run.emit(batch)
                made += batch.count
                firstToken = firstToken ?? (ContinuousClock.now - start) / .seconds(1)
            } else {
                try await run.sleep(max(Double(made) / rate - elapsed, shortestPause * run.speed))
            }
        }
        if let failure, failure <= count { throw ModelFailure(message: "The story broke off after \(failure) tokens.") }
        let seconds = (ContinuousClock.now - start) / .seconds(1)
        return .streamed(
            TextMetrics(
                inputTokens: prompt.split(whereSeparator: \.isWhitespace).count, outputTokens: made,
                tokensPerSecond: Double(made) / max(seconds, 1e-6), timeToFirstToken: firstToken ?? 0))
    }
}
