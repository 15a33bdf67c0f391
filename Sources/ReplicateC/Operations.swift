// The operations: each copies its arguments, starts the core's function of the same name, and returns.

import CReplicate
import Replicate

/// The part that every operation shares.
func begin(
    _ client: OpaquePointer?, _ options: OpaquePointer?, _ userData: UnsafeMutableRawPointer?,
    _ request: UnsafeMutablePointer<OpaquePointer?>?, turn: Errand.Turn = .newcomer, keepsDeadline: Bool = false,
    ownsPrediction: (Options) -> Bool = { _ in false },
    _ prepare: (Options) throws(ReplicateError) -> ClientHandle.Work
) -> OpaquePointer? {
    request?.pointee = nil
    return failable { () throws(ReplicateError) in
        let client = try live(Handles.clients, client, "client")
        let options = options == nil ? Options() : try live(Handles.configs, options, "options").current
        try options.check(forCall: true)
        let work = try prepare(options)
        let started = RequestHandle(userData: userData, queue: client.queue)
        // The handle first: what has started cannot be taken back for want of one.
        if let request { try give(started, Handles.requests, request) }
        do throws(ReplicateError) {
            let deadline = client.deadline(options)
            let manner = ClientHandle.Manner(
                // A deadline runs from the call, not from the turn.
                turn: deadline == nil || keepsDeadline ? turn : .atOnce, deadline: deadline, updates: options.wantsUpdates,
                uploads: options.wantsUploads, ownsPrediction: ownsPrediction(options))
            try client.start(started, manner, work)
        } catch {
            if let request {
                _ = Handles.requests.remove(request.pointee)
                request.pointee = nil
            }
            throw error
        }
    }
}

private func content(_ input: OpaquePointer?) throws(ReplicateError) -> PredictionInput {
    try live(Handles.inputs, input, "input").current
}

private func create(
    _ client: OpaquePointer?, _ input: OpaquePointer?, _ options: OpaquePointer?, _ userData: UnsafeMutableRawPointer?,
    _ request: UnsafeMutablePointer<OpaquePointer?>?, _ target: () throws(ReplicateError) -> ModelReference
) -> OpaquePointer? {
    begin(client, options, userData, request) { options throws(ReplicateError) in
        let target = try target()
        try target.check()
        let input = try content(input)
        return { client, tell throws(ReplicateError) in
            .reply(Reply(try await client.createPrediction(target, input, options, telling: tell.creation)))
        }
    }
}

@_cdecl("replicate_run") @implementation
public func replicate_run(
    _ client: OpaquePointer?, _ reference: UnsafePointer<CChar>?, _ input: OpaquePointer?, _ options: OpaquePointer?,
    _ user_data: UnsafeMutableRawPointer?, _ request: UnsafeMutablePointer<OpaquePointer?>?
) -> OpaquePointer? {
    begin(client, options, user_data, request, keepsDeadline: true, ownsPrediction: { _ in true }) {
        options throws(ReplicateError) in
        let target = try ModelReference(try text(reference, "reference"))
        let input = try content(input)
        return { client, tell throws(ReplicateError) in
            .watch(try await client.startRun(target, input, options, by: tell.deadline, telling: tell.creation))
        }
    }
}

@_cdecl("replicate_stream") @implementation
public func replicate_stream(
    _ client: OpaquePointer?, _ reference: UnsafePointer<CChar>?, _ input: OpaquePointer?, _ options: OpaquePointer?,
    _ user_data: UnsafeMutableRawPointer?, _ request: UnsafeMutablePointer<OpaquePointer?>?
) -> OpaquePointer? {
    begin(client, options, user_data, request, turn: .atOnce, ownsPrediction: { $0.cancelsPrediction }) {
        options throws(ReplicateError) in
        let target = try ModelReference(try text(reference, "reference"))
        let input = try content(input)
        return { client, tell throws(ReplicateError) in
            .reply(
                Reply(
                    try await client.stream(
                        target, input, options, telling: tell.creation, onUpdate: tell.update, deliver: tell.deliver)))
        }
    }
}

@_cdecl("replicate_predictions_stream") @implementation
public func replicate_predictions_stream(
    _ client: OpaquePointer?, _ id: UnsafePointer<CChar>?, _ url: UnsafePointer<CChar>?, _ options: OpaquePointer?,
    _ user_data: UnsafeMutableRawPointer?, _ request: UnsafeMutablePointer<OpaquePointer?>?
) -> OpaquePointer? {
    begin(client, options, user_data, request, turn: .atOnce, ownsPrediction: { $0.cancelsPrediction }) {
        options throws(ReplicateError) in
        let id = try segment(id, "id")
        let url = try optionalText(url, "url")
        if url?.isEmpty == true { throw wrong("url", "is empty") }
        if let url { try CallerText.check(url, "url", atMost: CallerText.longestURL) }
        return { client, tell throws(ReplicateError) in
            .reply(
                Reply(
                    try await client.stream(ofPrediction: id, at: url, options, onUpdate: tell.update, deliver: tell.deliver)))
        }
    }
}

@_cdecl("replicate_wait") @implementation
public func replicate_wait(
    _ client: OpaquePointer?, _ prediction_id: UnsafePointer<CChar>?, _ options: OpaquePointer?,
    _ user_data: UnsafeMutableRawPointer?, _ request: UnsafeMutablePointer<OpaquePointer?>?
) -> OpaquePointer? {
    begin(client, options, user_data, request, keepsDeadline: true) { options throws(ReplicateError) in
        let id = try segment(prediction_id, "prediction_id")
        return { client, tell throws(ReplicateError) in
            .watch(try await client.startWait(id, options, by: tell.deadline))
        }
    }
}

@_cdecl("replicate_trainings_wait") @implementation
public func replicate_trainings_wait(
    _ client: OpaquePointer?, _ training_id: UnsafePointer<CChar>?, _ options: OpaquePointer?,
    _ user_data: UnsafeMutableRawPointer?, _ request: UnsafeMutablePointer<OpaquePointer?>?
) -> OpaquePointer? {
    begin(client, options, user_data, request, keepsDeadline: true) { options throws(ReplicateError) in
        let id = try segment(training_id, "training_id")
        return { client, tell throws(ReplicateError) in
            .watch(try await client.startWait(id, for: .training, options, by: tell.deadline))
        }
    }
}

@_cdecl("replicate_predictions_create") @implementation
public func replicate_predictions_create(
    _ client: OpaquePointer?, _ version: UnsafePointer<CChar>?, _ input: OpaquePointer?, _ options: OpaquePointer?,
    _ user_data: UnsafeMutableRawPointer?, _ request: UnsafeMutablePointer<OpaquePointer?>?
) -> OpaquePointer? {
    create(client, input, options, user_data, request) { () throws(ReplicateError) in
        .version(try text(version, "version"))
    }
}

@_cdecl("replicate_models_predictions_create") @implementation
public func replicate_models_predictions_create(
    _ client: OpaquePointer?, _ owner: UnsafePointer<CChar>?, _ name: UnsafePointer<CChar>?, _ input: OpaquePointer?,
    _ options: OpaquePointer?, _ user_data: UnsafeMutableRawPointer?, _ request: UnsafeMutablePointer<OpaquePointer?>?
) -> OpaquePointer? {
    create(client, input, options, user_data, request) { () throws(ReplicateError) in
        .model(owner: try text(owner, "owner"), name: try text(name, "name"))
    }
}

@_cdecl("replicate_deployments_predictions_create") @implementation
public func replicate_deployments_predictions_create(
    _ client: OpaquePointer?, _ owner: UnsafePointer<CChar>?, _ name: UnsafePointer<CChar>?, _ input: OpaquePointer?,
    _ options: OpaquePointer?, _ user_data: UnsafeMutableRawPointer?, _ request: UnsafeMutablePointer<OpaquePointer?>?
) -> OpaquePointer? {
    create(client, input, options, user_data, request) { () throws(ReplicateError) in
        .deployment(owner: try text(owner, "owner"), name: try text(name, "name"))
    }
}

@_cdecl("replicate_trainings_create") @implementation
public func replicate_trainings_create(
    _ client: OpaquePointer?, _ owner: UnsafePointer<CChar>?, _ name: UnsafePointer<CChar>?, _ version: UnsafePointer<CChar>?,
    _ input: OpaquePointer?, _ options: OpaquePointer?, _ user_data: UnsafeMutableRawPointer?,
    _ request: UnsafeMutablePointer<OpaquePointer?>?
) -> OpaquePointer? {
    begin(client, options, user_data, request) { options throws(ReplicateError) in
        let arguments = [try text(owner, "owner"), try text(name, "name"), try text(version, "version")]
        try Operation.trainingsCreate.check(arguments)
        let input = try content(input)
        return { client, tell throws(ReplicateError) in
            .reply(Reply(try await client.createTraining(arguments, input, options, telling: tell.creation)))
        }
    }
}

/// An argument that becomes a part of a path, refused here if it could not.
private func segment(_ pointer: UnsafePointer<CChar>?, _ argument: String) throws(ReplicateError) -> String {
    let text = try text(pointer, argument)
    try PathSegment.check(text, argument: argument)
    return text
}
