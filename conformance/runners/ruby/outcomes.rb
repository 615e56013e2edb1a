# frozen_string_literal: true

# What an answer of the generated client means, by the rules in ../../README.md. Names and classes of codes come from
# the document, so that a new code needs no new program.
class Outcomes
  def initialize(document)
    @schemas = document['components']['schemas']
    operations = document['paths'].values.flat_map { |item| item.values.grep(Hash) }
    @lists = operations.to_h { |operation| [operation['operationId'], operation['x-codes']] }
  end

  # What an answer says: `success` first, then `code`.
  def of(operation, answer, status)
    return unreadable(status) if answer.nil?

    known = listed(operation, answer.code)
    return unreadable(status) if known && (known[:error] == 'success') != answer.success
    return refusal(known, answer, status) unless answer.success

    done = success(answer)
    done ? { code: answer.code, message: answer.message, **done } : unreadable(status)
  end

  def unreadable(status)
    return { result: 'refused', error: 'rate_limit', maybe_applied: false } if status == 429

    { result: 'unreadable', status:, maybe_applied: status != 405 }
  end

  private

  # The name and the class of a code, or nothing where the document does not list it.
  def listed(operation, code)
    @schemas.values_at(*@lists.fetch(operation)).each do |list|
      place = list['enum'].index(code) or next
      return { name: list['x-enum-varnames'][place], error: list['x-enum-classes'][place] }
    end
    nil
  end

  def success(answer)
    case answer
    when Mailpartner::Outcome then { result: 'deleted' }
    when Mailpartner::Addition then answer.stop_id && { result: 'added', id: answer.stop_id }
    when Mailpartner::UnsubscribeList
      rows = answer.data
      whole = rows && (answer.nb_data.nil? || answer.nb_data == rows.size)
      whole &&= rows.all? { |row| row.id.positive? && !row.email.empty? }
      whole && { result: 'listed', entries: rows.map { |row| entry(row) } }
    end
  end

  def entry(row) = { id: row.id, email: row.email, createdAt: row.created_at }

  def refusal(known, answer, status)
    doubt = known ? known[:error] == 'server' : status >= 500
    errors = (answer.errors || []).map(&:to_hash)
    { result: 'refused', code: answer.code, message: answer.message, errors:, maybe_applied: doubt, **known.to_h }
  end
end
