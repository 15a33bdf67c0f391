// bytedance/seedream-3: a local drawing, under the name and with the input of a model of Replicate's documentation.

import Replicate

struct Seedream: Model {
    let owner = "bytedance"
    let name = "seedream-3"
    let summary =
        "Draws plain shapes from a prompt and a seed, locally: a stand-in for the model of this name."
    let inputSchema = """
        {"type":"object","title":"Input","required":["prompt"],"properties":{\
        "seed":{"type":"integer","title":"Seed","x-order":1,"nullable":true,\
        "description":"Random seed; set for reproducible output"},\
        "size":{"enum":["small","regular","big"],"type":"string","default":"regular","x-order":3,\
        "description":"big: longest side 2048 px; small: shortest side 512 px; regular: 1 megapixel; ignored if \
        aspect_ratio is custom"},\
        "width":{"type":"integer","default":2048,"minimum":512,"maximum":2048,"x-order":4},\
        "height":{"type":"integer","default":2048,"minimum":512,"maximum":2048,"x-order":5},\
        "prompt":{"type":"string","x-order":0},\
        "aspect_ratio":{"enum":["1:1","3:4","4:3","16:9","9:16","2:3","3:2","21:9","custom"],"type":"string",\
        "default":"16:9","x-order":2},\
        "guidance_scale":{"type":"number","default":2.5,"minimum":1,"maximum":10,"x-order":6}}}
        """
    let outputSchema = #"{"type":"string","format":"uri"}"#
    let exampleInput = #"{"prompt":"A fox in the snow","size":"small","seed":7}"#
    let tags = ["image", "text-to-image"]

    func run(_ input: ModelInput, in run: ModelRun) async throws -> ModelOutput {
        let size = try Self.size(input)
        let seed = try await run.seed(input)
        let scale = input["guidance_scale"]?.double ?? 2.5
        let subject = [owner, name, input.text("prompt"), seed, "\(scale)"]
        return .file(try await Drawing.file("out-0", size: size, subject: subject, in: run))
    }

    static func size(_ input: ModelInput) throws(ModelFailure) -> Picture.Size {
        if input.text("aspect_ratio") == "custom" {
            return Picture.Size(width: input.integer("width") ?? 2048, height: input.integer("height") ?? 2048)
        }
        let ratio = try Drawing.ratio(input)
        switch input.text("size") {
        case "small": return Picture.Size(ratio: ratio, shortest: 512)
        case "big": return Picture.Size(ratio: ratio, longest: 2048)
        default: return Picture.Size(ratio: ratio, pixels: 1_048_576)
        }
    }
}
