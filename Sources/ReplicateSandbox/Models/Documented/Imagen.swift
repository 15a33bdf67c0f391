// google/imagen-4-fast: a local drawing, under the name and with the input of a model of Replicate's documentation.

import Replicate

struct Imagen: Model {
    let owner = "google"
    let name = "imagen-4-fast"
    let summary =
        "Draws plain shapes from a prompt, locally: a stand-in for the model of this name."
    let inputSchema = """
        {"type":"object","title":"Input","required":["prompt"],"properties":{\
        "prompt":{"type":"string"},\
        "aspect_ratio":{"type":"string","default":"1:1"},\
        "output_format":{"type":"string","default":"jpg"},\
        "safety_filter_level":{"type":"string","default":"block_only_high",\
        "description":"block_low_and_above (strictest), block_medium_and_above, block_only_high (most \
        permissive)"}}}
        """
    let outputSchema = #"{"type":"string","format":"uri"}"#
    let exampleInput = #"{"prompt":"A fox in the snow"}"#
    let tags = ["image", "text-to-image"]

    func run(_ input: ModelInput, in run: ModelRun) async throws -> ModelOutput {
        let levels = ["block_low_and_above", "block_medium_and_above", "block_only_high"]
        guard levels.contains(input.text("safety_filter_level")) else {
            throw ModelFailure(message: "safety_filter_level must be one of \(levels.joined(separator: ", ")).")
        }
        let size = Picture.Size(ratio: try Drawing.ratio(input), pixels: 1_048_576)
        let format = input.text("output_format")
        if format != "png" {
            try await run.log("replicate-sandbox: drawing a PNG, though the output_format is \(format)")
        }
        let subject = [owner, name, input.text("prompt")]
        return .file(try await Drawing.file("out-0", size: size, subject: subject, in: run))
    }
}
