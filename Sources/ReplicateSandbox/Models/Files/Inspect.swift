// sandbox/inspect: says what the files of its input are, wherever in it they stand.

import Replicate

struct Inspect: Model {
    let owner = "sandbox"
    let name = "inspect"
    let summary = "Gives back its input with the name, type, size and SHA-256 of each file in place of the file."
    let inputSchema = """
        {"type":"object","title":"Input","additionalProperties":false,"properties":{\
        "file":{"type":"string","title":"File","x-order":0,"format":"uri"},\
        "files":{"type":"array","title":"Files","x-order":1,"items":{"type":"string","format":"uri"}},\
        "nested":{"type":"object","title":"Nested","x-order":2,\
        "description":"Anything; each text in it that begins like a data:, http: or https: URI is a file"}}}
        """
    let outputSchema = #"{"type":"object","title":"Output","additionalProperties":true}"#
    let exampleInput = #"{"files":["data:text/plain,hello"],"nested":{"a":[{"b":"data:,x"},1,"text"]}}"#
    let tags = ["testing"]

    func run(_ input: ModelInput, in run: ModelRun) async throws -> ModelOutput {
        .json(try await Self.described(input.json, in: run))
    }

    private static func described(_ json: JSON, in run: ModelRun) async throws(ModelFailure) -> [UInt8] {
        switch json.kind {
        case .object:
            var text = [UInt8(ascii: "{")]
            for (index, member) in json.members.enumerated() {
                if index > 0 { text.append(UInt8(ascii: ",")) }
                text += JSONString.quoted(member.name)
                text.append(UInt8(ascii: ":"))
                text += try await described(member.value, in: run)
            }
            return text + [UInt8(ascii: "}")]
        case .array:
            var list = JSONArray()
            for element in json.elements { list.add(raw: try await described(element, in: run)) }
            return list.text
        case .string:
            guard let text = json.string, InputFile.isURI(text) else { return Array(json.bytes) }
            return await description(try await run.file(at: text))
        default: return Array(json.bytes)
        }
    }

    private static func description(_ file: InputFile) async -> [UInt8] {
        var object = JSONObject()
        object.add("name", orNull: file.name)
        object.add("type", file.type)
        object.add("size", file.content.count)
        object.add("sha256", await file.content.digests().sha256)
        return object.text
    }
}
