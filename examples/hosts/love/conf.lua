function love.conf(game)
    game.identity = "replicate-cards"
    game.window.title = "Cards"
    game.window.width, game.window.height = 960, 600
    game.modules.audio, game.modules.sound = false, false
    game.modules.joystick, game.modules.physics, game.modules.video = false, false, false
end
