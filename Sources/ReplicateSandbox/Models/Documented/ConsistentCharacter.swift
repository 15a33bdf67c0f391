// fofr/consistent-character: a local drawing, under the name and with the input of a model of Replicate's documentation.

import Replicate

struct ConsistentCharacter: Model {
    let owner = "fofr"
    let name = "consistent-character"
    let summary =
        "Draws several pictures of plain shapes of one subject, locally: a stand-in for the model of this name."
    let inputSchema = """
        {"type":"object","title":"Input","properties":{\
        "prompt":{"type":"string"},\
        "subject":{"type":"string","format":"uri"},\
        "number_of_outputs":{"type":"integer","default":3,"minimum":1,"maximum":20}}}
        """
    let outputSchema = #"{"type":"array","items":{"type":"string","format":"uri"}}"#
    let exampleInput = #"{"prompt":"A fox in the snow","number_of_outputs":2}"#
    let tags = ["image", "text-to-image"]
    let knownVersionID: String? = "9c77a3c2f884193fcee4d89645f02a0b9def9434f9e03cb98460456b831c8772"
    let streaming: PredictionStream.Kind? = .files

    func run(_ input: ModelInput, in run: ModelRun) async throws -> ModelOutput {
        let count = input.integer("number_of_outputs") ?? 3
        var subject = [owner, name, input.text("prompt")]
        if let uri = input["subject"]?.string { subject.append(try await Drawing.digest(ofFileAt: uri, in: run)) }
        for number in 0..<count {
            let size = Picture.Size(width: 512, height: 512)
            try await run.emit(Drawing.file("out-\(number)", size: size, subject: subject + ["\(number)"], in: run))
        }
        return .streamed()
    }
}
