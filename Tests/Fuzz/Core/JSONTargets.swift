// json: which texts are JSON, and what is in them, against a plain reading of the standard; every string is found again by
// its pointer, and can be replaced there.
// pointer: a JSON Pointer on the first line, a text on the others; reading, putting, replacing, attaching.
// snapshots: a prediction on each line: its state, its failure, the events that its changes make.

@testable import Replicate

let jsonTargets = [
    Target(name: "json", run: fuzzJSON), Target(name: "pointer", run: fuzzPointer), Target(name: "snapshots", run: fuzzSnapshots),
]

private func fuzzJSON(_ input: UnsafeRawBufferPointer) {
    let text = Array(input)
    let reference = ReferenceJSON(text)
    let json: JSON
    do throws(JSONError) {
        json = try JSON(validating: text)
    } catch {
        demand(reference == nil, "no refusal: \(error)")
        demand((0...text.count).contains(error.offset), "a place in the text, not \(error.offset)")
        return
    }
    guard let reference else { return demand(false, "a refusal") }
    check(json, reference)
    demand((try? JSON(validating: Array(json.bytes))) != nil, "a value that is JSON by itself")
    checkPointers(json, hasDoubles: reference.hasDoubles)
}

private func check(_ json: JSON, _ reference: ReferenceJSON) {
    switch reference {
    case .null: demand(json.isNull, "null")
    case .boolean(let value): demand(json.boolean == value, "\(value)")
    case .number(let text):
        demand(json.kind == .number && Array(json.bytes) == text, "the number \(text.text)")
        demand(json.integer == Int64(text.text) && json.double == Double(text.text), "the value of \(text.text)")
    case .string(let text):
        demand(json.string.map { $0.utf8.elementsEqual(text.utf8) } == true, "the string \(text.debugDescription)")
        demand(JSON(text).string.map { $0.utf8.elementsEqual(text.utf8) } == true, "it comes back")
        demand((try? JSON(validating: JSONString.quoted(text))) != nil, "what is written is JSON")
    case .array(let values):
        let elements = json.elements
        demand(elements.count == values.count && json.count == values.count && json.kind == .array, "\(values.count) elements")
        for (element, value) in zip(elements, values) { check(element, value) }
        if let last = values.indices.last { demand(json[last]?.bytes == elements[last].bytes, "the last element") }
    case .object(let expected):
        let members = json.members
        demand(members.count == expected.count && json.count == expected.count, "\(expected.count) members")
        for (member, value) in zip(members, expected) {
            demand(member.name.utf8.elementsEqual(value.name.utf8), "the name \(value.name.debugDescription)")
            check(member.value, value.value)
        }
        for member in members.prefix(8) {
            let last = members.last { $0.name.utf8.elementsEqual(member.name.utf8) }
            demand(json[member.name]?.bytes == last?.value.bytes, "the last of the members called \(member.name)")
        }
    }
}

private func checkPointers(_ json: JSON, hasDoubles: Bool) {
    var found: [(pointer: String, text: ArraySlice<UInt8>)] = []
    json.visitStrings { path, value in
        guard found.count < 8 else { return }
        found.append((path.map { "/" + escaped(json.name(of: $0)) }.joined(), value.bytes))
    }
    let new = JSON("new \"\\\u{1}é")
    for (pointer, text) in found {
        // Of members with one name the pointer means the last.
        guard let value = json[pointer: pointer], value.bytes == text else {
            demand(hasDoubles, "\(Array(text).text) at \(pointer)")
            continue
        }
        guard !pointer.isEmpty else { continue }
        guard let place = json.place(at: pointer) else { return demand(false, "a place at \(pointer)") }
        let changed = json.putting(new, at: place)
        demand((try? JSON(validating: Array(changed.bytes))) != nil, "JSON after the change at \(pointer)")
        demand(changed[pointer: pointer]?.bytes == new.bytes, "the new value at \(pointer)")
        let replaced = json.replacing([(pointer, new)])
        demand(replaced.map { Array($0.bytes) } == Array(changed.bytes), "the same, replaced")
    }
    if json.kind == .object, var input = try? PredictionInput(json) {
        for (pointer, _) in found { try? input.attach(UploadFile(bytes: [1]), at: pointer) }
        checkBody(input)
    }
}

private func checkBody(_ input: PredictionInput) {
    let body = input.body([(name: "version", text: "v")])
    demand((try? JSON(validating: body)) != nil, "a body that is JSON, not \(body.text)")
    let texts = input.attachments.indices.map { "https://file.example/\($0)" }
    do throws(ReplicateError) {
        let replaced = try input.replacingFiles(by: texts)
        guard let body = try? JSON(validating: replaced.body()) else { return demand(false, "a body that is JSON") }
        for (attachment, text) in zip(input.attachments, texts) {
            let value = body[pointer: "/input" + attachment.pointer]?.string
            demand(value == text, "\(text) at \(attachment.pointer), not \(value ?? "nothing")")
        }
    } catch {
        demand(false, "files that have their places: \(error)")
    }
}

private func escaped(_ name: String) -> String {
    var text = String.UnicodeScalarView()
    for scalar in name.unicodeScalars {
        text.append(contentsOf: (scalar == "~" ? "~0" : scalar == "/" ? "~1" : String(scalar)).unicodeScalars)
    }
    return String(text)
}

private func fuzzPointer(_ input: UnsafeRawBufferPointer) {
    let fields = input.fields(2)
    let pointers = fields[0].split(separator: 0x09).prefix(4).map { Array($0).text }
    guard let json = try? JSON(validating: fields[1]) else { return }
    let new = JSON("new")
    var attached = try? PredictionInput(json)
    for pointer in pointers {
        if let value = json[pointer: pointer] {
            demand((try? JSON(validating: Array(value.bytes))) != nil, "JSON at \(pointer)")
            let replaced = json.replacing([(pointer, new)])
            demand(replaced?[pointer: pointer]?.bytes == new.bytes, "the new value at \(pointer)")
            demand(pointer.isEmpty || json.place(at: pointer) != nil, "a place where a value is")
        }
        if let place = json.place(at: pointer) {
            let changed = json.putting(new, at: place)
            demand((try? JSON(validating: Array(changed.bytes))) != nil, "JSON after \(pointer): \(changed.bytes)")
            demand(changed[pointer: place.pointer]?.bytes == new.bytes, "the new value at \(place.pointer)")
        }
        try? attached?.attach(UploadFile(bytes: [1]), at: pointer)
    }
    if let attached { checkBody(attached) }
}

private func fuzzSnapshots(_ input: UnsafeRawBufferPointer) {
    var delta = OutputDelta()
    var logs = ""
    for line in input.fields(6) {
        guard let json = try? JSON(validating: line) else { continue }
        let state = PredictionState(json)
        let failure = state.failure(of: .prediction)
        demand((failure != nil) == (state.status.isTerminal && state.status != .succeeded), "an error if it did not succeed")
        if let failure { checkMessage(failure) }
        _ = state.isFinished(afterHeldCreate: true)
        _ = Progress(logs: json["logs"]?.string ?? "")
        let batch = delta.take(json)
        for event in batch.events where event.event == Array("logs".utf8) {
            let text = json["logs"]?.string ?? ""
            logs = (logs + event.data.text).utf8.elementsEqual(text.utf8) ? text : event.data.text
            demand(logs.utf8.elementsEqual(text.utf8), "the logs, told whole or by what is new")
        }
        for event in batch.events {
            demand(String(validating: event.data, as: UTF8.self) != nil, "UTF-8")
        }
    }
}
