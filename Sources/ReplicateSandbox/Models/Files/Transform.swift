// sandbox/transform: takes a PNG and gives back a changed one.

import Replicate

struct Transform: Model {
    let owner = "sandbox"
    let name = "transform"
    let summary = "Inverts, mirrors, flips, grays or turns a picture, pixel by pixel."
    let inputSchema = """
        {"type":"object","title":"Input","required":["image"],"additionalProperties":false,"properties":{\
        "image":{"type":"string","title":"Image","x-order":0,"format":"uri","description":"A PNG: an upload, an output \
        of another prediction here, or a data: URI"},\
        "operation":{"type":"string","title":"Operation","x-order":1,"default":"invert",\
        "enum":["invert","mirror","flip","grayscale","rotate90"],\
        "description":"mirror swaps left and right, flip top and bottom; rotate90 turns clockwise"}}}
        """
    let outputSchema = #"{"type":"string","title":"Output","format":"uri"}"#
    let exampleInput = """
        {"operation":"invert","image":"data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAIAAAABCAIAAAB7QOjdAAAAD0lEQVR4\
        nGP438DAwPAfAAmAAn8XgclLAAAAAElFTkSuQmCC"}
        """
    let tags = ["image", "image-to-image", "testing"]

    func run(_ input: ModelInput, in run: ModelRun) async throws -> ModelOutput {
        guard let operation = Raster.Operation(rawValue: input.text("operation")) else {
            throw ModelFailure(message: "There is no operation \(input.text("operation")).")
        }
        let picture = try Self.picture(try await run.file(at: input.text("image")))
        try await run.log("replicate-sandbox: \(operation.rawValue) of \(picture.width)x\(picture.height) pixels")
        let result = picture.applying(operation)
        return .file(try Drawing.png("out-0") { () throws(PNG.Unreadable) in try PNG.file(result) })
    }

    static func picture(_ file: InputFile) throws(ModelFailure) -> Raster {
        do throws(PNG.Unreadable) {
            return try PNG.read(file.content.all)
        } catch {
            throw ModelFailure(message: "image is not a PNG: \(error.reason)")
        }
    }
}
