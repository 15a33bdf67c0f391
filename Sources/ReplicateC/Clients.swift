// replicate_client_*: clients, and the events of their requests.

import CReplicate
import Glibc
import Replicate

@_cdecl("replicate_client_new") @implementation
public func replicate_client_new(_ config: OpaquePointer?, _ client: UnsafeMutablePointer<OpaquePointer?>?) -> OpaquePointer? {
    failable { () throws(ReplicateError) in
        let place = try place(client, "client")
        let options = config == nil ? Options() : try live(Handles.configs, config, "config").current
        try options.check(forCall: false)
        let file = try options.environmentFile.flatMap { path throws(ReplicateError) in
            try smallFile(path, "env_file", limit: EnvironmentFile.largestSize).map(EnvironmentFile.init)
        }
        let configuration = try Configuration(options: options) { name in
            getenv(name).map { String(cString: $0) }.flatMap { $0.isEmpty ? nil : $0 } ?? file?[name]
        }
        try give(try ClientHandle(configuration), Handles.clients, place)
    }
}

@_cdecl("replicate_client_poll") @implementation
public func replicate_client_poll(_ client: OpaquePointer?, _ timeout_ms: Int32, _ event: UnsafeMutablePointer<OpaquePointer?>?)
    -> OpaquePointer?
{
    failable { () throws(ReplicateError) in
        let place = try place(event, "event")
        let queue = try live(Handles.clients, client, "client").queue
        if let event = queue.next(timeout_ms) { try hand(event, to: place) }
    }
}

@_cdecl("replicate_client_dispatch") @implementation
public func replicate_client_dispatch(
    _ client: OpaquePointer?, _ timeout_ms: Int32, _ maximum: Int, _ callback: replicate_callback?,
    _ context: UnsafeMutableRawPointer?, _ handled: UnsafeMutablePointer<Int>?
) -> OpaquePointer? {
    failable { () throws(ReplicateError) in
        handled?.pointee = 0
        guard let callback else { throw wrong("callback", "is NULL") }
        let queue = try live(Handles.clients, client, "client").queue
        var count = 0
        while maximum <= 0 || count < maximum, let event = queue.next(count == 0 ? timeout_ms : 0) {
            var ticket: OpaquePointer?
            try hand(event, to: &ticket)
            callback(ticket, context)
            _ = Handles.events.remove(ticket)
            count += 1
            handled?.pointee = count
        }
    }
}

@_cdecl("replicate_client_fd") @implementation
public func replicate_client_fd(_ client: OpaquePointer?, _ fd: UnsafeMutablePointer<Int32>?) -> OpaquePointer? {
    failable { () throws(ReplicateError) in
        guard let fd else { throw wrong("fd", "is NULL: there is no place for the result") }
        fd.pointee = -1
        let descriptor = try live(Handles.clients, client, "client").queue.fileDescriptor()
        guard descriptor >= 0 else {
            throw ReplicateError(.internal, "no descriptor could be made: \(String(cString: strerror(errno)))")
        }
        fd.pointee = descriptor
    }
}

@_cdecl("replicate_client_wakeup") @implementation
public func replicate_client_wakeup(_ client: OpaquePointer?) -> OpaquePointer? {
    failable { () throws(ReplicateError) in try live(Handles.clients, client, "client").queue.wakeup() }
}

@_cdecl("replicate_client_pending") @implementation
public func replicate_client_pending(_ client: OpaquePointer?) -> Int {
    Handles.clients.object(client)?.queue.pending ?? 0
}

@_cdecl("replicate_client_close") @implementation
public func replicate_client_close(_ client: OpaquePointer?) -> OpaquePointer? {
    failable { () throws(ReplicateError) in try live(Handles.clients, client, "client").close() }
}

@_cdecl("replicate_client_free") @implementation
public func replicate_client_free(_ client: OpaquePointer?) {
    guard let client = Handles.clients.remove(client) else { return }
    client.close()
    client.queue.discard()
}
