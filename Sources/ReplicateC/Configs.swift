// replicate_version, replicate_config_* and replicate_input_*: what a program fills in before it calls.

import CReplicate
import Replicate
import Synchronization

private let version = CText(Version.string)

@_cdecl("replicate_version") @implementation
public func replicate_version() -> UnsafePointer<CChar>? { version.pointer }

final class ConfigHandle: Sendable {
    private let options = Mutex(Options())

    var current: Options { options.withLock { $0 } }

    func set(_ name: String, _ value: String?) throws(ReplicateError) {
        try options.withLock { options throws(ReplicateError) in try options.set(name, value) }
    }
}

@_cdecl("replicate_config_new") @implementation
public func replicate_config_new(_ config: UnsafeMutablePointer<OpaquePointer?>?) -> OpaquePointer? {
    failable { () throws(ReplicateError) in
        try give(ConfigHandle(), Handles.configs, try place(config, "config"))
    }
}

@_cdecl("replicate_config_set") @implementation
public func replicate_config_set(_ config: OpaquePointer?, _ name: UnsafePointer<CChar>?, _ value: UnsafePointer<CChar>?)
    -> OpaquePointer?
{
    failable { () throws(ReplicateError) in
        let config = try live(Handles.configs, config, "config")
        let name = try text(name, "name")
        try config.set(name, try optionalText(value, "the value of \(CallerText.shown(name))"))
    }
}

@_cdecl("replicate_config_free") @implementation
public func replicate_config_free(_ config: OpaquePointer?) { _ = Handles.configs.remove(config) }

final class InputHandle: Sendable {
    private let input: Mutex<PredictionInput>

    init(_ input: PredictionInput) { self.input = Mutex(input) }

    var current: PredictionInput { input.withLock { $0 } }

    func attach(_ file: UploadFile, at pointer: String) throws(ReplicateError) {
        try input.withLock { input throws(ReplicateError) in try input.attach(file, at: pointer) }
    }

    func set(_ name: String, _ value: JSON) throws(ReplicateError) {
        try input.withLock { input throws(ReplicateError) in try input.set(name, value) }
    }
}

@_cdecl("replicate_input_new") @implementation
public func replicate_input_new(_ json: UnsafePointer<CChar>?, _ length: Int, _ input: UnsafeMutablePointer<OpaquePointer?>?)
    -> OpaquePointer?
{
    failable { () throws(ReplicateError) in
        let place = try place(input, "input")
        let value = try ReplicateC.json(json, length, "json")
        try give(InputHandle(try PredictionInput(value)), Handles.inputs, place)
    }
}

@_cdecl("replicate_input_set") @implementation
public func replicate_input_set(
    _ input: OpaquePointer?, _ name: UnsafePointer<CChar>?, _ json: UnsafePointer<CChar>?, _ length: Int
) -> OpaquePointer? {
    failable { () throws(ReplicateError) in
        let input = try live(Handles.inputs, input, "input")
        let name = try text(name, "name")
        try input.set(name, try ReplicateC.json(json, length, "the value of \(CallerText.shown(name))"))
    }
}

@_cdecl("replicate_input_attach") @implementation
public func replicate_input_attach(_ input: OpaquePointer?, _ pointer: UnsafePointer<CChar>?, _ file: OpaquePointer?)
    -> OpaquePointer?
{
    failable { () throws(ReplicateError) in
        let input = try live(Handles.inputs, input, "input")
        try input.attach(try live(Handles.files, file, "file").current, at: try text(pointer, "pointer"))
    }
}

@_cdecl("replicate_input_free") @implementation
public func replicate_input_free(_ input: OpaquePointer?) { _ = Handles.inputs.remove(input) }
