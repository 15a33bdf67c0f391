// ideogram-ai/ideogram-character: a local drawing, under the name and with the input of a model of Replicate's documentation.

import Replicate

struct IdeogramCharacter: Model {
    let owner = "ideogram-ai"
    let name = "ideogram-character"
    let summary =
        "Draws plain shapes from a prompt and a reference image, locally: a stand-in for the model of this name."
    let inputSchema = """
        {"type":"object","title":"Input","required":["prompt","character_reference_image"],"properties":{\
        "prompt":{"type":"string"},\
        "character_reference_image":{"type":"string","format":"uri"},\
        "image":{"type":"string","format":"uri","description":"needs a mask too"},\
        "mask":{"type":"string","format":"uri",\
        "description":"black pixels are inpainted, white preserved; resized to the image"},\
        "seed":{"type":"integer","maximum":2147483647},\
        "resolution":{"type":"string","default":"None"},\
        "style_type":{"type":"string","default":"Auto","description":"Auto, Fiction or Realistic"},\
        "aspect_ratio":{"type":"string","default":"1:1"},\
        "rendering_speed":{"type":"string","default":"Default","description":"Turbo, Default or Quality"},\
        "magic_prompt_option":{"type":"string","default":"Auto"}}}
        """
    let outputSchema = #"{"type":"string","format":"uri"}"#
    let exampleInput = #"{"prompt":"A fox in the snow","character_reference_image":"data:text/plain,fox"}"#
    let tags = ["image", "text-to-image"]

    func run(_ input: ModelInput, in run: ModelRun) async throws -> ModelOutput {
        guard (input["image"] == nil) == (input["mask"] == nil) else {
            throw ModelFailure(message: "image and mask belong together: one was given without the other.")
        }
        let size = try Self.size(input)
        let seed = try await run.seed(input)
        var subject = [owner, name, input.text("prompt"), seed, input.text("style_type")]
        for name in ["character_reference_image", "image", "mask"] {
            if let uri = input[name]?.string { subject.append(try await Drawing.digest(ofFileAt: uri, in: run)) }
        }
        return .file(try await Drawing.file("out-0", size: size, subject: subject, in: run))
    }

    /// A resolution, where there is one, goes before the aspect ratio.
    static func size(_ input: ModelInput) throws(ModelFailure) -> Picture.Size {
        let resolution = input.text("resolution")
        if resolution == "None" { return Picture.Size(ratio: try Drawing.ratio(input), pixels: 1_048_576) }
        guard let size = Picture.Size(resolution) else {
            throw ModelFailure(message: "resolution must be None or like 1024x768.")
        }
        return size
    }
}
