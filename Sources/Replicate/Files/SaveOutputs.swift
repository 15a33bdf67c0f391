// Every file of an output, at any depth, into a folder: several at a time, each whole or not at all.

import Glibc

public struct SavedOutput: Sendable {
    /// Where in the output its URL stands: a JSON Pointer.
    let pointer: String
    let path: String
    let size: Int64
    let type: String?

    /// [{"pointer", "path", "size", "content_type"}]
    public static func json(_ saved: [SavedOutput]) -> JSON {
        var text: [UInt8] = [UInt8(ascii: "[")]
        for each in saved {
            if text.count > 1 { text.append(UInt8(ascii: ",")) }
            text += Array("{\"pointer\":".utf8) + JSONString.quoted(each.pointer)
            text += Array(",\"path\":".utf8) + JSONString.quoted(each.path) + Array(",\"size\":\(each.size)".utf8)
            if let type = each.type { text += Array(",\"content_type\":".utf8) + JSONString.quoted(type) }
            text.append(UInt8(ascii: "}"))
        }
        text.append(UInt8(ascii: "]"))
        return (try? JSON(validating: text)) ?? .true
    }
}

extension OutputFile {
    /// The files of an output, in the order in which they stand in it.
    static func all(in output: JSON, origin: Origin) -> [(pointer: String, url: String)] {
        var found: [(pointer: String, url: String)] = []
        output.visitStrings { path, value in
            // Most texts are none, and are not taken out of the JSON.
            guard let first = value.bytes.dropFirst().first, "hHdD\\".utf8.contains(first), var text = value.string,
                text.withUTF8({ isOne(UnsafeRawBufferPointer($0), origin: origin) })
            else { return }
            found.append((path.map { "/" + escaped(output.name(of: $0)) }.joined(), text))
        }
        return found
    }

    private static func escaped(_ name: String) -> String {
        var text = String.UnicodeScalarView()
        for scalar in name.unicodeScalars {
            switch scalar {
            case "~": text.append(contentsOf: "~0".unicodeScalars)
            case "/": text.append(contentsOf: "~1".unicodeScalars)
            default: text.append(scalar)
            }
        }
        return String(text)
    }
}

extension Client {
    private static let mostAtOnce = 8

    private struct Item: Sendable {
        let pointer: String
        let name: OutputNames.Name
        let source: Fetch
    }

    /// `folder` is made if there is none, in a folder that is there. A failure leaves the others to be finished; the error is
    /// that of the first in their order.
    public func saveOutputs(_ output: JSON, in folder: String, prefix: String?, _ options: Options, onUpdate: Observer? = nil)
        async throws(ReplicateError) -> [SavedOutput]
    {
        let patience = configuration.patience.changed(by: options)
        let deadline = await transferDeadline(patience)
        var names = OutputNames(prefix: prefix)
        var items: [Item] = []
        for (index, file) in OutputFile.all(in: output, origin: configuration.base.origin).enumerated() {
            var url = file.url
            let type = url.withUTF8 { text in
                let text = UnsafeRawBufferPointer(text)
                return DataURI.looksLikeOne(text) ? DataURI(text)?.type : nil
            }
            let name = names.next(index: index, url: type == nil ? url : nil, type: type)
            items.append(Item(pointer: file.pointer, name: name, source: source(url, patience, by: deadline)))
        }
        if !items.isEmpty, mkdir(folder, 0o777) != 0, errno != EEXIST {
            throw ReplicateError(
                .invalidInput, "the folder \(ForeignText.cleaned(folder)) cannot be made: \(String(cString: strerror(errno)))")
        }
        var results: [Int: Result<SavedOutput, ReplicateError>] = [:]
        await withTaskGroup(of: (Int, Result<SavedOutput, ReplicateError>).self) { group in
            var (begun, saved) = (0, 0)
            while begun < items.count || !group.isEmpty {
                while begun < items.count, begun - results.count < Self.mostAtOnce {
                    let (index, item) = (begun, items[begun])
                    group.addTask(operation: { (index, await self.save(item, in: folder)) })
                    begun += 1
                }
                guard let (index, result) = await group.next() else { break }
                results[index] = result
                if case .success = result { saved += 1 }
                if let json = try? JSON(validating: "{\"saved\":\(saved),\"files\":\(items.count)}") { onUpdate?(json) }
            }
        }
        var saved: [SavedOutput] = []
        for index in items.indices {
            if let result = results[index] { saved.append(try result.get()) }
        }
        return saved
    }

    private func save(_ item: Item, in folder: String) async -> Result<SavedOutput, ReplicateError> {
        let start = folder.hasSuffix("/") ? folder : folder + "/"
        do throws(ReplicateError) {
            var file = try LaterFile(path: start + item.name.text)
            let progress = try await read(item.source, into: &file, nil)
            let name = OutputNames.closed(item.name, progress.type)
            if name != item.name.text { try file.rename(to: name) }
            try file.commit()
            return .success(
                SavedOutput(pointer: item.pointer, path: start + name, size: progress.size, type: progress.type))
        } catch {
            var error = error
            let place = item.pointer.isEmpty ? "the output" : "the output's \(ForeignText.cleaned(item.pointer))"
            error.message = "\(place) was not saved as \(item.name.text): \(error.message)"
            return .failure(error)
        }
    }
}
