// replicate_download, replicate_is_file, replicate_file_type and replicate_outputs_save: the files that models put out.

import CReplicate
import Replicate

/// A path that may be left out, but not be empty.
private func path(_ pointer: UnsafePointer<CChar>?, _ argument: String) throws(ReplicateError) -> String? {
    let path = try optionalText(pointer, argument)
    if let path {
        if path.isEmpty { throw wrong(argument, "is empty") }
        try CallerText.check(path, argument, atMost: CallerText.longestPath)
        return FilePath.absolute(path)
    }
    return nil
}

@_cdecl("replicate_download") @implementation
public func replicate_download(
    _ client: OpaquePointer?, _ url: UnsafePointer<CChar>?, _ path: UnsafePointer<CChar>?, _ options: OpaquePointer?,
    _ user_data: UnsafeMutableRawPointer?, _ request: UnsafeMutablePointer<OpaquePointer?>?
) -> OpaquePointer? {
    begin(client, options, user_data, request, turn: .atOnce) { options throws(ReplicateError) in
        let url = try text(url, "url")
        try live(Handles.clients, client, "client").check(output: url)
        let path = try ReplicateC.path(path, "path")
        if path != nil, options.wantsChunks { throw wrong("chunks", "is for a download without a path") }
        return { client, tell throws(ReplicateError) in
            let destination: OutputDestination =
                if let path { .file(path: path) } else if options.wantsChunks { .pieces(tell.deliverBytes) } else { .memory }
            let download = try await client.downloadOutput(url, to: destination, options, onUpdate: tell.update)
            var reply = Reply(download.json)
            reply.bytes = download.bytes
            return .reply(reply)
        }
    }
}

@_cdecl("replicate_is_file") @implementation
public func replicate_is_file(_ client: OpaquePointer?, _ text: UnsafePointer<CChar>?, _ length: Int) -> Int32 {
    guard let client = Handles.clients.object(client), let text, length >= 0, length <= longestText else { return 0 }
    return client.isFile(UnsafeRawBufferPointer(start: text, count: length)) ? 1 : 0
}

/// Texts that stay, for each type that there is.
private let types: [String: CText] = Dictionary(
    MIMEType.all.map { ($0, CText($0)) }, uniquingKeysWith: { first, _ in first })

@_cdecl("replicate_file_type") @implementation
public func replicate_file_type(_ name: UnsafePointer<CChar>?) -> UnsafePointer<CChar>? {
    guard let name = name.flatMap({ String(validatingCString: $0) }) else { return nil }
    return types[MIMEType.of(url: name)]?.pointer
}

@_cdecl("replicate_outputs_save") @implementation
public func replicate_outputs_save(
    _ client: OpaquePointer?, _ json: UnsafePointer<CChar>?, _ length: Int, _ folder: UnsafePointer<CChar>?,
    _ prefix: UnsafePointer<CChar>?, _ options: OpaquePointer?, _ user_data: UnsafeMutableRawPointer?,
    _ request: UnsafeMutablePointer<OpaquePointer?>?
) -> OpaquePointer? {
    begin(client, options, user_data, request, turn: .atOnce) { options throws(ReplicateError) in
        let output = try ReplicateC.json(json, length, "json")
        guard let folder = try path(folder, "folder") else { throw wrong("folder", "is NULL") }
        let prefix = try optionalText(prefix, "prefix")
        if let prefix { try CallerText.check(prefix, "prefix", atMost: CallerText.longestName) }
        return { client, tell throws(ReplicateError) in
            let saved = try await client.saveOutputs(output, in: folder, prefix: prefix, options, onUpdate: tell.update)
            return .reply(Reply(SavedOutput.json(saved)))
        }
    }
}
