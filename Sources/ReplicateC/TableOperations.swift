// The operations that are no more than their row in the core's table: each copies its arguments, starts it, and returns.

import CReplicate
import Replicate

/// Arguments are checked here, so that a wrong one is an error at once.
private func start(
    _ operation: Operation, _ client: OpaquePointer?, _ pointers: [UnsafePointer<CChar>?], _ options: OpaquePointer?,
    _ userData: UnsafeMutableRawPointer?, _ request: UnsafeMutablePointer<OpaquePointer?>?,
    body: () throws(ReplicateError) -> [UInt8]? = { () throws(ReplicateError) in nil }
) -> OpaquePointer? {
    begin(client, options, userData, request, turn: operation.turn) { options throws(ReplicateError) in
        var arguments: [String] = []
        for (name, pointer) in zip(operation.arguments, pointers) { arguments.append(try text(pointer, name)) }
        try operation.check(arguments)
        let body = try body()
        return { [arguments] client, _ throws(ReplicateError) in
            .reply(Reply(try await client.call(operation, arguments, body: body, options)))
        }
    }
}

/// An operation with a JSON object of the caller's.
private func startWithBody(
    _ operation: Operation, _ client: OpaquePointer?, _ pointers: [UnsafePointer<CChar>?], _ json: UnsafePointer<CChar>?,
    _ length: Int, _ options: OpaquePointer?, _ userData: UnsafeMutableRawPointer?,
    _ request: UnsafeMutablePointer<OpaquePointer?>?
) -> OpaquePointer? {
    start(operation, client, pointers, options, userData, request) { () throws(ReplicateError) in
        let body = try ReplicateC.json(json, length, "json")
        guard body.kind == .object else { throw wrong("json", "is not a JSON object") }
        return Array(body.bytes)
    }
}

/// An operation whose one argument is a text that goes along.
private func startWithText(
    _ operation: Operation, _ client: OpaquePointer?, _ pointers: [UnsafePointer<CChar>?], _ options: OpaquePointer?,
    _ userData: UnsafeMutableRawPointer?, _ request: UnsafeMutablePointer<OpaquePointer?>?
) -> OpaquePointer? {
    start(operation, client, [], options, userData, request) { () throws(ReplicateError) in
        let body = try text(pointers.first ?? nil, "query")
        try Operation.check(search: body, argument: "query")
        return Array(body.utf8)
    }
}

@_cdecl("replicate_page_get") @implementation
public func replicate_page_get(
    _ client: OpaquePointer?, _ url: UnsafePointer<CChar>?, _ options: OpaquePointer?, _ user_data: UnsafeMutableRawPointer?,
    _ request: UnsafeMutablePointer<OpaquePointer?>?
) -> OpaquePointer? {
    begin(client, options, user_data, request) { options throws(ReplicateError) in
        let url = try text(url, "url")
        try Client.check(page: url, argument: "url")
        return { client, _ throws(ReplicateError) in .reply(Reply(try await client.page(at: url, options))) }
    }
}

@_cdecl("replicate_call") @implementation
public func replicate_call(
    _ client: OpaquePointer?, _ method: UnsafePointer<CChar>?, _ path: UnsafePointer<CChar>?, _ body: UnsafePointer<CChar>?,
    _ length: Int, _ options: OpaquePointer?, _ user_data: UnsafeMutableRawPointer?,
    _ request: UnsafeMutablePointer<OpaquePointer?>?
) -> OpaquePointer? {
    // At once, since it may be one that ends something.
    begin(client, options, user_data, request, turn: .atOnce) { options throws(ReplicateError) in
        let bytes = body == nil ? nil : try ReplicateC.bytes(body, length, "body")
        let generic = try GenericRequest(
            method: try text(method, "method"), path: try text(path, "path"), body: bytes, options)
        return { client, _ throws(ReplicateError) in .reply(try await client.send(generic, options)) }
    }
}

// MARK: Predictions

@_cdecl("replicate_predictions_get") @implementation
public func replicate_predictions_get(
    _ client: OpaquePointer?, _ id: UnsafePointer<CChar>?, _ options: OpaquePointer?, _ user_data: UnsafeMutableRawPointer?,
    _ request: UnsafeMutablePointer<OpaquePointer?>?
) -> OpaquePointer? {
    start(.predictionsGet, client, [id], options, user_data, request)
}

@_cdecl("replicate_predictions_list") @implementation
public func replicate_predictions_list(
    _ client: OpaquePointer?, _ options: OpaquePointer?, _ user_data: UnsafeMutableRawPointer?,
    _ request: UnsafeMutablePointer<OpaquePointer?>?
) -> OpaquePointer? {
    start(.predictionsList, client, [], options, user_data, request)
}

@_cdecl("replicate_predictions_cancel") @implementation
public func replicate_predictions_cancel(
    _ client: OpaquePointer?, _ id: UnsafePointer<CChar>?, _ options: OpaquePointer?, _ user_data: UnsafeMutableRawPointer?,
    _ request: UnsafeMutablePointer<OpaquePointer?>?
) -> OpaquePointer? {
    start(.predictionsCancel, client, [id], options, user_data, request)
}

// MARK: Account, hardware, search, webhook secret

@_cdecl("replicate_account_get") @implementation
public func replicate_account_get(
    _ client: OpaquePointer?, _ options: OpaquePointer?, _ user_data: UnsafeMutableRawPointer?,
    _ request: UnsafeMutablePointer<OpaquePointer?>?
) -> OpaquePointer? {
    start(.accountGet, client, [], options, user_data, request)
}

@_cdecl("replicate_hardware_list") @implementation
public func replicate_hardware_list(
    _ client: OpaquePointer?, _ options: OpaquePointer?, _ user_data: UnsafeMutableRawPointer?,
    _ request: UnsafeMutablePointer<OpaquePointer?>?
) -> OpaquePointer? {
    start(.hardwareList, client, [], options, user_data, request)
}

@_cdecl("replicate_search") @implementation
public func replicate_search(
    _ client: OpaquePointer?, _ query: UnsafePointer<CChar>?, _ options: OpaquePointer?, _ user_data: UnsafeMutableRawPointer?,
    _ request: UnsafeMutablePointer<OpaquePointer?>?
) -> OpaquePointer? {
    start(.search, client, [query], options, user_data, request)
}

@_cdecl("replicate_webhooks_default_secret_get") @implementation
public func replicate_webhooks_default_secret_get(
    _ client: OpaquePointer?, _ options: OpaquePointer?, _ user_data: UnsafeMutableRawPointer?,
    _ request: UnsafeMutablePointer<OpaquePointer?>?
) -> OpaquePointer? {
    start(.webhooksDefaultSecretGet, client, [], options, user_data, request)
}

// MARK: Collections

@_cdecl("replicate_collections_list") @implementation
public func replicate_collections_list(
    _ client: OpaquePointer?, _ options: OpaquePointer?, _ user_data: UnsafeMutableRawPointer?,
    _ request: UnsafeMutablePointer<OpaquePointer?>?
) -> OpaquePointer? {
    start(.collectionsList, client, [], options, user_data, request)
}

@_cdecl("replicate_collections_get") @implementation
public func replicate_collections_get(
    _ client: OpaquePointer?, _ slug: UnsafePointer<CChar>?, _ options: OpaquePointer?, _ user_data: UnsafeMutableRawPointer?,
    _ request: UnsafeMutablePointer<OpaquePointer?>?
) -> OpaquePointer? {
    start(.collectionsGet, client, [slug], options, user_data, request)
}

// MARK: Models

@_cdecl("replicate_models_list") @implementation
public func replicate_models_list(
    _ client: OpaquePointer?, _ options: OpaquePointer?, _ user_data: UnsafeMutableRawPointer?,
    _ request: UnsafeMutablePointer<OpaquePointer?>?
) -> OpaquePointer? {
    start(.modelsList, client, [], options, user_data, request)
}

@_cdecl("replicate_models_search") @implementation
public func replicate_models_search(
    _ client: OpaquePointer?, _ query: UnsafePointer<CChar>?, _ options: OpaquePointer?, _ user_data: UnsafeMutableRawPointer?,
    _ request: UnsafeMutablePointer<OpaquePointer?>?
) -> OpaquePointer? {
    startWithText(.modelsSearch, client, [query], options, user_data, request)
}

@_cdecl("replicate_models_get") @implementation
public func replicate_models_get(
    _ client: OpaquePointer?, _ owner: UnsafePointer<CChar>?, _ name: UnsafePointer<CChar>?, _ options: OpaquePointer?,
    _ user_data: UnsafeMutableRawPointer?, _ request: UnsafeMutablePointer<OpaquePointer?>?
) -> OpaquePointer? {
    start(.modelsGet, client, [owner, name], options, user_data, request)
}

@_cdecl("replicate_models_create") @implementation
public func replicate_models_create(
    _ client: OpaquePointer?, _ json: UnsafePointer<CChar>?, _ length: Int, _ options: OpaquePointer?,
    _ user_data: UnsafeMutableRawPointer?, _ request: UnsafeMutablePointer<OpaquePointer?>?
) -> OpaquePointer? {
    startWithBody(.modelsCreate, client, [], json, length, options, user_data, request)
}

@_cdecl("replicate_models_update") @implementation
public func replicate_models_update(
    _ client: OpaquePointer?, _ owner: UnsafePointer<CChar>?, _ name: UnsafePointer<CChar>?, _ json: UnsafePointer<CChar>?,
    _ length: Int, _ options: OpaquePointer?, _ user_data: UnsafeMutableRawPointer?,
    _ request: UnsafeMutablePointer<OpaquePointer?>?
) -> OpaquePointer? {
    startWithBody(.modelsUpdate, client, [owner, name], json, length, options, user_data, request)
}

@_cdecl("replicate_models_delete") @implementation
public func replicate_models_delete(
    _ client: OpaquePointer?, _ owner: UnsafePointer<CChar>?, _ name: UnsafePointer<CChar>?, _ options: OpaquePointer?,
    _ user_data: UnsafeMutableRawPointer?, _ request: UnsafeMutablePointer<OpaquePointer?>?
) -> OpaquePointer? {
    start(.modelsDelete, client, [owner, name], options, user_data, request)
}

@_cdecl("replicate_models_examples_list") @implementation
public func replicate_models_examples_list(
    _ client: OpaquePointer?, _ owner: UnsafePointer<CChar>?, _ name: UnsafePointer<CChar>?, _ options: OpaquePointer?,
    _ user_data: UnsafeMutableRawPointer?, _ request: UnsafeMutablePointer<OpaquePointer?>?
) -> OpaquePointer? {
    start(.modelsExamplesList, client, [owner, name], options, user_data, request)
}

@_cdecl("replicate_models_readme_get") @implementation
public func replicate_models_readme_get(
    _ client: OpaquePointer?, _ owner: UnsafePointer<CChar>?, _ name: UnsafePointer<CChar>?, _ options: OpaquePointer?,
    _ user_data: UnsafeMutableRawPointer?, _ request: UnsafeMutablePointer<OpaquePointer?>?
) -> OpaquePointer? {
    start(.modelsReadmeGet, client, [owner, name], options, user_data, request)
}

@_cdecl("replicate_models_versions_list") @implementation
public func replicate_models_versions_list(
    _ client: OpaquePointer?, _ owner: UnsafePointer<CChar>?, _ name: UnsafePointer<CChar>?, _ options: OpaquePointer?,
    _ user_data: UnsafeMutableRawPointer?, _ request: UnsafeMutablePointer<OpaquePointer?>?
) -> OpaquePointer? {
    start(.modelsVersionsList, client, [owner, name], options, user_data, request)
}

@_cdecl("replicate_models_versions_get") @implementation
public func replicate_models_versions_get(
    _ client: OpaquePointer?, _ owner: UnsafePointer<CChar>?, _ name: UnsafePointer<CChar>?, _ version: UnsafePointer<CChar>?,
    _ options: OpaquePointer?, _ user_data: UnsafeMutableRawPointer?, _ request: UnsafeMutablePointer<OpaquePointer?>?
) -> OpaquePointer? {
    start(.modelsVersionsGet, client, [owner, name, version], options, user_data, request)
}

@_cdecl("replicate_models_versions_delete") @implementation
public func replicate_models_versions_delete(
    _ client: OpaquePointer?, _ owner: UnsafePointer<CChar>?, _ name: UnsafePointer<CChar>?, _ version: UnsafePointer<CChar>?,
    _ options: OpaquePointer?, _ user_data: UnsafeMutableRawPointer?, _ request: UnsafeMutablePointer<OpaquePointer?>?
) -> OpaquePointer? {
    start(.modelsVersionsDelete, client, [owner, name, version], options, user_data, request)
}

// MARK: Deployments

@_cdecl("replicate_deployments_list") @implementation
public func replicate_deployments_list(
    _ client: OpaquePointer?, _ options: OpaquePointer?, _ user_data: UnsafeMutableRawPointer?,
    _ request: UnsafeMutablePointer<OpaquePointer?>?
) -> OpaquePointer? {
    start(.deploymentsList, client, [], options, user_data, request)
}

@_cdecl("replicate_deployments_get") @implementation
public func replicate_deployments_get(
    _ client: OpaquePointer?, _ owner: UnsafePointer<CChar>?, _ name: UnsafePointer<CChar>?, _ options: OpaquePointer?,
    _ user_data: UnsafeMutableRawPointer?, _ request: UnsafeMutablePointer<OpaquePointer?>?
) -> OpaquePointer? {
    start(.deploymentsGet, client, [owner, name], options, user_data, request)
}

@_cdecl("replicate_deployments_create") @implementation
public func replicate_deployments_create(
    _ client: OpaquePointer?, _ json: UnsafePointer<CChar>?, _ length: Int, _ options: OpaquePointer?,
    _ user_data: UnsafeMutableRawPointer?, _ request: UnsafeMutablePointer<OpaquePointer?>?
) -> OpaquePointer? {
    startWithBody(.deploymentsCreate, client, [], json, length, options, user_data, request)
}

@_cdecl("replicate_deployments_update") @implementation
public func replicate_deployments_update(
    _ client: OpaquePointer?, _ owner: UnsafePointer<CChar>?, _ name: UnsafePointer<CChar>?, _ json: UnsafePointer<CChar>?,
    _ length: Int, _ options: OpaquePointer?, _ user_data: UnsafeMutableRawPointer?,
    _ request: UnsafeMutablePointer<OpaquePointer?>?
) -> OpaquePointer? {
    startWithBody(.deploymentsUpdate, client, [owner, name], json, length, options, user_data, request)
}

@_cdecl("replicate_deployments_delete") @implementation
public func replicate_deployments_delete(
    _ client: OpaquePointer?, _ owner: UnsafePointer<CChar>?, _ name: UnsafePointer<CChar>?, _ options: OpaquePointer?,
    _ user_data: UnsafeMutableRawPointer?, _ request: UnsafeMutablePointer<OpaquePointer?>?
) -> OpaquePointer? {
    start(.deploymentsDelete, client, [owner, name], options, user_data, request)
}

// MARK: Trainings

@_cdecl("replicate_trainings_get") @implementation
public func replicate_trainings_get(
    _ client: OpaquePointer?, _ id: UnsafePointer<CChar>?, _ options: OpaquePointer?, _ user_data: UnsafeMutableRawPointer?,
    _ request: UnsafeMutablePointer<OpaquePointer?>?
) -> OpaquePointer? {
    start(.trainingsGet, client, [id], options, user_data, request)
}

@_cdecl("replicate_trainings_list") @implementation
public func replicate_trainings_list(
    _ client: OpaquePointer?, _ options: OpaquePointer?, _ user_data: UnsafeMutableRawPointer?,
    _ request: UnsafeMutablePointer<OpaquePointer?>?
) -> OpaquePointer? {
    start(.trainingsList, client, [], options, user_data, request)
}

@_cdecl("replicate_trainings_cancel") @implementation
public func replicate_trainings_cancel(
    _ client: OpaquePointer?, _ id: UnsafePointer<CChar>?, _ options: OpaquePointer?, _ user_data: UnsafeMutableRawPointer?,
    _ request: UnsafeMutablePointer<OpaquePointer?>?
) -> OpaquePointer? {
    start(.trainingsCancel, client, [id], options, user_data, request)
}

// MARK: Files

@_cdecl("replicate_files_list") @implementation
public func replicate_files_list(
    _ client: OpaquePointer?, _ options: OpaquePointer?, _ user_data: UnsafeMutableRawPointer?,
    _ request: UnsafeMutablePointer<OpaquePointer?>?
) -> OpaquePointer? {
    start(.filesList, client, [], options, user_data, request)
}

@_cdecl("replicate_files_get") @implementation
public func replicate_files_get(
    _ client: OpaquePointer?, _ id: UnsafePointer<CChar>?, _ options: OpaquePointer?, _ user_data: UnsafeMutableRawPointer?,
    _ request: UnsafeMutablePointer<OpaquePointer?>?
) -> OpaquePointer? {
    start(.filesGet, client, [id], options, user_data, request)
}

@_cdecl("replicate_files_delete") @implementation
public func replicate_files_delete(
    _ client: OpaquePointer?, _ id: UnsafePointer<CChar>?, _ options: OpaquePointer?, _ user_data: UnsafeMutableRawPointer?,
    _ request: UnsafeMutablePointer<OpaquePointer?>?
) -> OpaquePointer? {
    start(.filesDelete, client, [id], options, user_data, request)
}
