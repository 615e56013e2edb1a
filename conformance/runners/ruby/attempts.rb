# frozen_string_literal: true

# The attempts of a call. The last one decides, in the light of those before it.
class Attempts
  # account: what makes an attempt, as #attempt.
  def initialize(account, contract)
    @account = account
    @contract = contract
  end

  def carry_out(call)
    operation, left = call.values_at('operation', 'retries')
    doubt = false
    loop do
      said = @account.attempt(operation, call)
      doubt ||= said.fetch(:maybe_applied, false) && !@contract.marked?(operation, 'x-safe')
      if said[:unheard] && call['method'] == 'auto' && @contract.alias_of(operation)
        operation = @contract.alias_of(operation)
      elsif left.positive? && repeat?(operation, said[:again])
        left -= 1
      else
        return settled(said, doubt, call)
      end
    end
  end

  private

  def repeat?(operation, again)
    again == :all || (again == :idempotent && @contract.marked?(operation, 'x-idempotent'))
  end

  # What the last answer means after the attempts before it.
  def settled(said, doubt, call)
    return { result: 'already_done', **said.slice(:code, :message) } if said[:settles] && (doubt || call['already_ok'])

    said = said.merge(maybe_applied: doubt) if said.key?(:maybe_applied)
    said.except(:again, :unheard, :settles)
  end
end
