// sandbox/files: puts out several files at several depths, and a text that only looks like one.

import Replicate

struct SeveralFiles: Model {
    let owner = "sandbox"
    let name = "files"
    let summary = "Returns an object with a picture, thumbnails of it, and a text file."
    let inputSchema = """
        {"type":"object","title":"Input","additionalProperties":false,"properties":{\
        "prompt":{"type":"string","title":"Prompt","x-order":0,"default":"a fox"},\
        "seed":{"type":"integer","title":"Seed","x-order":1,"default":0},\
        "thumbnails":{"type":"integer","title":"Thumbnails","x-order":2,"default":2,"minimum":0,"maximum":16},\
        "as":{"type":"string","title":"As","x-order":3,"default":"url","enum":["url","data-uri"],\
        "description":"How the files stand in the output"}}}
        """
    let outputSchema = """
        {"type":"object","title":"Output","properties":{"image":{"type":"string","format":"uri"},\
        "thumbnails":{"type":"array","items":{"type":"string","format":"uri"}},\
        "text":{"type":"string","format":"uri"},"note":{"type":"string"}}}
        """
    let exampleInput = #"{"prompt":"A fox in the snow"}"#
    let tags = ["image", "testing"]

    static let note = "https: is not a URL here"

    func run(_ input: ModelInput, in run: ModelRun) async throws -> ModelOutput {
        let prompt = input.text("prompt")
        let count = input.integer("thumbnails") ?? 2
        let seed = try await run.seed(input)
        let picture = Picture.drawn([owner, name, prompt, seed], size: Picture.Size(width: 128, height: 96))
        let raster = picture.raster
        let image = try Drawing.png("out-0") { () throws(PNG.Unreadable) in try picture.png() }
        var thumbnails: [OutputFile] = []
        for number in 0..<count {
            let small = raster.thumbnail(64 >> min(number, 6))
            thumbnails.append(
                try Drawing.png("out-\(number + 1)") { () throws(PNG.Unreadable) in try PNG.file(small) })
        }
        let text = OutputFile(
            name: "out-\(count + 1).txt", type: "text/plain;charset=utf-8", bytes: Array("\(prompt)\n".utf8))
        let isInline = input.text("as") == "data-uri"
        func piece(_ file: OutputFile) -> ModelOutput.Piece {
            isInline ? .json(JSONString.quoted(file.dataURI)) : .file(file)
        }
        var pieces: [ModelOutput.Piece] = [
            .json(Array(#"{"image":"#.utf8)), piece(image), .json(Array(#","thumbnails":["#.utf8)),
        ]
        for (index, file) in thumbnails.enumerated() {
            if index > 0 { pieces.append(.json([UInt8(ascii: ",")])) }
            pieces.append(piece(file))
        }
        let note = Array(#","note":"#.utf8) + JSONString.quoted(Self.note) + [UInt8(ascii: "}")]
        return ModelOutput(pieces + [.json(Array(#"],"text":"#.utf8)), piece(text), .json(note)])
    }
}
