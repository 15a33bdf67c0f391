// replicate_file_*, replicate_files_create and replicate_files_download: bytes out and in.

import CReplicate
import Replicate
import Synchronization

final class FileHandle: Sendable {
    private let file: Mutex<UploadFile>

    init(_ file: UploadFile) { self.file = Mutex(file) }

    var current: UploadFile { file.withLock { $0 } }

    func set(_ name: String, _ value: String) throws(ReplicateError) {
        try file.withLock { file throws(ReplicateError) in
            switch name {
            case "name": try file.setName(value)
            case "type": try file.setType(value)
            default: throw wrong("name", "must be \"name\" or \"type\"")
            }
        }
    }
}

@_cdecl("replicate_file_at") @implementation
public func replicate_file_at(_ path: UnsafePointer<CChar>?, _ file: UnsafeMutablePointer<OpaquePointer?>?) -> OpaquePointer? {
    failable { () throws(ReplicateError) in
        let place = try place(file, "file")
        try give(FileHandle(try UploadFile(path: try text(path, "path"))), Handles.files, place)
    }
}

@_cdecl("replicate_file_of") @implementation
public func replicate_file_of(_ bytes: UnsafeRawPointer?, _ length: Int, _ file: UnsafeMutablePointer<OpaquePointer?>?)
    -> OpaquePointer?
{
    failable { () throws(ReplicateError) in
        let place = try place(file, "file")
        let content = try ReplicateC.bytes(bytes?.assumingMemoryBound(to: CChar.self), length, "bytes")
        try give(FileHandle(UploadFile(bytes: content)), Handles.files, place)
    }
}

@_cdecl("replicate_file_of_descriptor") @implementation
public func replicate_file_of_descriptor(_ descriptor: Int32, _ file: UnsafeMutablePointer<OpaquePointer?>?) -> OpaquePointer? {
    failable { () throws(ReplicateError) in
        let place = try place(file, "file")
        try give(FileHandle(try UploadFile(descriptor: descriptor)), Handles.files, place)
    }
}

@_cdecl("replicate_file_set") @implementation
public func replicate_file_set(_ file: OpaquePointer?, _ name: UnsafePointer<CChar>?, _ value: UnsafePointer<CChar>?)
    -> OpaquePointer?
{
    failable { () throws(ReplicateError) in
        let file = try live(Handles.files, file, "file")
        let name = try text(name, "name")
        try file.set(name, try text(value, "the value of \(CallerText.shown(name))"))
    }
}

@_cdecl("replicate_file_free") @implementation
public func replicate_file_free(_ file: OpaquePointer?) { _ = Handles.files.remove(file) }

@_cdecl("replicate_files_create") @implementation
public func replicate_files_create(
    _ client: OpaquePointer?, _ file: OpaquePointer?, _ metadata: UnsafePointer<CChar>?, _ length: Int,
    _ options: OpaquePointer?, _ user_data: UnsafeMutableRawPointer?, _ request: UnsafeMutablePointer<OpaquePointer?>?
) -> OpaquePointer? {
    begin(client, options, user_data, request, turn: .atOnce) { options throws(ReplicateError) in
        let file = try live(Handles.files, file, "file").current
        let metadata = metadata == nil ? nil : try json(metadata, length, "metadata")
        guard metadata == nil || metadata?.kind == .object else { throw wrong("metadata", "is not a JSON object") }
        return { client, tell throws(ReplicateError) in
            .reply(Reply(try await client.upload(file, metadata: metadata, options, onUpdate: tell.update)))
        }
    }
}

@_cdecl("replicate_files_download") @implementation
public func replicate_files_download(
    _ client: OpaquePointer?, _ id: UnsafePointer<CChar>?, _ owner: UnsafePointer<CChar>?, _ expiry: Int64,
    _ signature: UnsafePointer<CChar>?, _ path: UnsafePointer<CChar>?, _ options: OpaquePointer?,
    _ user_data: UnsafeMutableRawPointer?, _ request: UnsafeMutablePointer<OpaquePointer?>?
) -> OpaquePointer? {
    begin(client, options, user_data, request, turn: .atOnce) { options throws(ReplicateError) in
        let arguments = [
            try text(id, "id"), try text(owner, "owner"), String(expiry), try text(signature, "signature"),
        ]
        try Operation.filesDownload.check(arguments)
        let path = try optionalText(path, "path")
        if let path {
            if path.isEmpty { throw wrong("path", "is empty") }
            try CallerText.check(path, "path", atMost: CallerText.longestPath)
        }
        let target = path.map { FilePath.absolute($0) }
        return { client, tell throws(ReplicateError) in
            let download = try await client.downloadFile(arguments, to: target, options, onUpdate: tell.update)
            var reply = Reply(download.json)
            reply.bytes = download.bytes
            return .reply(reply)
        }
    }
}

@_cdecl("replicate_event_bytes") @implementation
public func replicate_event_bytes(_ event: OpaquePointer?, _ length: UnsafeMutablePointer<Int>?) -> UnsafeRawPointer? {
    UnsafeRawPointer(lend(Handles.events.object(event)?.bytes, length))
}
