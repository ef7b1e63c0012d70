# Jobs of the tests: what they do is in their arguments, and each run is noted.
class Charge
  include Sidekiq::Worker
  sidekiq_options retry: 0, queue: "paint", backtrace: true

  def perform(given)
    Sidekiq.redis { |redis| redis.rpush("runs", jid) }
    raise ArgumentError, "no <paint> for #{given["order"]}" if Sidekiq.redis { |redis| redis.get("fail") } == "1"
  end
end
