// sandbox/draw: writes a PNG from a prompt and a seed, and takes as long for it as it is told to.

import Replicate

struct Draw: Model {
    let owner = "sandbox"
    let name = "draw"
    let summary = "Draws plain shapes that depend on a prompt and a seed."
    let inputSchema = """
        {"type":"object","title":"Input","required":["prompt"],"additionalProperties":false,"properties":{\
        "prompt":{"type":"string","title":"Prompt","x-order":0},\
        "seed":{"type":"integer","title":"Seed","x-order":1,"nullable":true,\
        "description":"The same prompt, seed and size always give the same bytes"},\
        "width":{"type":"integer","title":"Width","x-order":2,"default":256,"minimum":1,"maximum":4096},\
        "height":{"type":"integer","title":"Height","x-order":3,"default":256,"minimum":1,"maximum":4096},\
        "seconds":{"type":"number","title":"Seconds","x-order":4,"default":0,"minimum":0,"maximum":600,\
        "description":"How long to draw, with progress in the logs"}}}
        """
    let outputSchema = #"{"type":"string","title":"Output","format":"uri"}"#
    let exampleInput = #"{"prompt":"A fox in the snow","seed":7}"#
    let tags = ["image", "text-to-image", "testing"]

    private static let steps = 20

    func run(_ input: ModelInput, in run: ModelRun) async throws -> ModelOutput {
        let seconds = input["seconds"]?.double ?? 0
        let size = Picture.Size(width: input.integer("width") ?? 256, height: input.integer("height") ?? 256)
        let seed = try await run.seed(input)
        if seconds > 0 {
            try await Slow.work(steps: Self.steps, stepSeconds: seconds / Double(Self.steps), in: run)
        }
        let subject = [owner, name, input.text("prompt"), seed]
        return .file(try await Drawing.file("out-0", size: size, subject: subject, in: run))
    }
}
