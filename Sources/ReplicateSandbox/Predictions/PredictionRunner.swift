// Runs predictions, each in a task of its own within the server's.

struct PredictionRunner: Sendable {
    let store: PredictionStore
    let catalogue: Catalogue
    let files: FileStore
    let speed: Double
    let courier: WebhookCourier

    /// Runs what comes until nothing comes any more.
    func run(_ predictions: AsyncStream<Prediction>) async {
        await withDiscardingTaskGroup { group in
            for await prediction in predictions {
                group.addTask { await live(prediction) }
                if prediction.order.webhook != nil { group.addTask { await courier.follow(prediction, of: store) } }
            }
            group.cancelAll()
        }
    }

    /// Whatever ends the prediction, a cancel for instance, ends the model's task too.
    private func live(_ prediction: Prediction) async {
        await withDiscardingTaskGroup { group in
            group.addTask { await perform(prediction) }
            _ = await store.ended(prediction.id)
            group.cancelAll()
        }
    }

    private func perform(_ prediction: Prediction) async {
        let order = prediction.order
        let run = ModelRun(id: prediction.id, store: store, files: files, speed: speed, base: order.base)
        do {
            try await run.sleep(order.model.model.startDelay(order.input))
            guard await store.start(prediction.id) else { return }
            if let destination = order.destination {
                try await train(order, for: destination, in: run)
            } else {
                let output = try await order.model.model.run(order.input, in: run)
                await store.finish(prediction.id, .output(output))
            }
        } catch let failure as ModelFailure {
            await store.finish(prediction.id, .failure(failure.message))
        } catch {
            await store.cancel(prediction.id)  // Nothing else throws but a task that was cancelled.
        }
    }

    /// What has been learned becomes a version of the destination, unless the training was cancelled meanwhile.
    private func train(_ order: Prediction.Order, for destination: FullName, in run: ModelRun) async throws {
        guard let trainable = order.model.model as? any TrainableModel else {
            throw ModelFailure(message: "\(order.model.path) cannot be trained.")
        }
        let (model, weights) = try await trainable.train(order.input, for: destination, in: run)
        guard let version = try await catalogue.publish(model, as: destination, origin: run.id) else {
            throw ModelFailure(message: "The model \(destination.text) is not there any more.")
        }
        let output = ModelOutput.trained(version: "\(destination.text):\(version.id)", weights: weights)
        if await !store.finish(run.id, .output(output)) { await catalogue.withdraw(version) }
    }
}
