# frozen_string_literal: true

# The attempts of a call, of which the last one that was made decides.
class Attempts
  GET_FORM = { 'deleteUnsubscribe' => 'deleteUnsubscribeWithGet' }.freeze
  ONLY_READS = 'listUnsubscribes' # nothing can come of it at the server

  # account: what makes an attempt, as #attempt.
  def initialize(account)
    @account = account
  end

  def carry_out(call)
    operation, left = call.values_at('operation', 'retries')
    doubt = false
    loop do
      said = @account.attempt(operation, call)
      doubt ||= said.fetch(:maybe_applied, false) && operation != ONLY_READS
      if said[:unheard] && call['method'] == 'auto' && GET_FORM[operation]
        operation = GET_FORM[operation]
      elsif said[:again] && left.positive?
        left -= 1
      else
        return settled(said, call, doubt).except(:again, :unheard)
      end
    end
  end

  private

  # What the last answer means after the attempts before it. Where one of them may have been done, an unknown id is one
  # that is gone, and an address that is listed already is one that was added.
  def settled(said, call, doubt)
    return said unless said.key?(:maybe_applied)
    return gone(said) if said[:error] == 'not_found' && (call['missing_ok'] || doubt)

    added = added_before(call) if doubt && said[:name] == 'ALREADY_LISTED'
    added || said.merge(maybe_applied: doubt)
  end

  def gone(said) = { result: 'already_gone', **said.slice(:code, :message) }

  # Looks an address up in the list, which has the id that was lost with the answer to its addition.
  def added_before(call)
    wanted = comparable(call['arguments']['email'])
    list = @account.attempt('listUnsubscribes', call)
    row = list.fetch(:entries, []).reverse.find { |entry| comparable(entry[:email]) == wanted }
    row && { result: 'added', id: row[:id], **list.slice(:code, :message) }
  end

  # An address by which it can be found: case counts before the @ (RFC 5321, 2.4), never after it.
  def comparable(email)
    name, at, domain = email.rpartition('@')
    "#{name}#{at}#{domain.scrub.downcase}"
  end
end
