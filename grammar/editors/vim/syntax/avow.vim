" A .policy file of avow.
if exists('b:current_syntax')
  finish
endif
let s:cpo_save = &cpo
set cpo&vim

syntax case ignore
" Words end at blanks and marks, and go on behind a hyphen or a dot inside them.
let s:before = '\%([a-z0-9_.-]\)\@1<!'
let s:behind = '\%([a-z0-9_-]\|\.[a-z0-9_]\)\@!'
let s:name = '[a-z0-9_]\+\%([.-]\+[a-z0-9_]\+\)*'

function! s:Words(group, words) abort
  execute 'syntax match' a:group '/' . s:before . '\%(' . join(a:words, '\|') . '\)' . s:behind . '/'
endfunction

" What comes later wins over what comes earlier at the same place.
execute 'syntax match avowName /' . s:before . s:name . '/'
execute 'syntax match avowNumber /' . s:before . '\d\+\%(\.\d\+\)*' . s:behind . '/'
execute 'syntax match avowUnit /\%(\d\s\+\)\@9<=\%(\%(business\|working\)\s\+\)\?'
      \ . '\%(hour\|day\|week\|month\|year\)s\?' . s:behind . '/'
execute 'syntax match avowNumber /' . s:before . '\d\{4}-\d\{1,2}-\d\{1,2}' . s:behind . '/'
execute 'syntax match avowNumber /' . s:before . '\d\{1,2}:\d\{2}' . s:behind . '/'
call s:Words('avowConstant', ['us', 'anything', 'anyone', 'anywhere'])
call s:Words('avowKeyword', ['subject\s\+to', 'at\s\+once', 'at\s\+least',
      \ 'kept\s\+in', 'one\s\+of', 'if', 'except', 'within', 'at', 'after', 'until', 'via',
      \ 'because', 'formerly', 'as', 'stated', 'by', 'is', 'of', 'from', 'in', 'for', 'to', 'with', 'about', 'and',
      \ 'or', 'not', 'given', 'then', 'promise', 'narrative', 'we', 'example', 'section', 'clause'])
execute 'syntax match avowKeyword /\%(given\s\+' . s:name . '\s\+\)\@90<=received' . s:behind . '/'
syntax match avowKeyword /\%(\d\s\+\a\+\%(\s\+days\?\)\?\s\+\)\@40<=before\>/
syntax match avowKeyword /\%(\<after\s\+\)\@12<=last\%(\s\+[a-z]\)\@=/
execute 'syntax match avowKeyword /' . s:before . 'basis\%(\s\+[a-z]\+\s*["“”„]\)\@=/'
call s:Words('avowKind', ['system', 'person', 'data', 'purpose', 'place', 'audience', 'request',
      \ 'event', 'state', 'fact', 'contact', 'value'])
" An act, and in their place request and choose.
execute 'syntax match avowAct /\%(' . s:before . '\%(may\|never\|must\)\s\+\%(only\s\+\)\?\)\@30<='
      \ . s:name . '/'
syntax match avowKeyword /\%(^\s*\)\@20<=repeats\%(\s\+\%(\%(may\|never\|must\)\>\)\@![a-z]\)\@=/
call s:Words('avowModal', ['may', 'never', 'must', 'only'])
call s:Words('avowError', ['\%(may\|must\)\s\+\%(not\|never\)'])
execute 'syntax match avowHeading /\%(' . s:before . '\%(clause\|section\)\s\+\)\@20<=' . s:name . '/'
execute 'syntax match avowKeyword /' . s:before . 'allow\%(\s\+[ew]\d\)\@=/'

syntax match avowError /["“”„][^"“”„]*$/
syntax match avowString /"[^"]*"\|[“”„][^"“”„]*["“”„]/
syntax match avowComment /#.*/ contains=avowTodo,@Spell
syntax keyword avowTodo TODO FIXME contained

syntax match avowProse /^[ \t\u00a0]*>.*/ contains=avowMark,avowHole,avowEscape,avowStrong,avowEmphasis,@Spell
syntax match avowMark /^[ \t\u00a0]*>/ contained
syntax match avowEmphasis /\*[^* \t][^*]*\*/ contained contains=avowHole
syntax match avowStrong /\*\*[^* \t].\{-}\*\*/ contained contains=avowHole
syntax match avowHole /{[^{}]*}/ contained contains=avowHoleString,avowHoleWord,@NoSpell
syntax match avowHoleWord /{\@1<=\%(deadline\|total\|list\|basis\|table\|link\|value\|date\)\s\+of\>/ contained
syntax match avowHoleString /"[^"]*"\|[“”„][^"“”„]*["“”„]/ contained
syntax match avowEscape /{{\|}}/ contained

syntax region avowFront start=/\%^---\s*$/ end=/^---\s*$/ contains=avowFrontKey,avowFrontComment keepend
syntax match avowFrontKey /^\s*[a-zA-Z0-9_-]\+\ze:/ contained
syntax match avowFrontComment /\%(^\|\s\)#.*/ contained

highlight default link avowName Normal
highlight default link avowNumber Number
highlight default link avowUnit Number
highlight default link avowConstant Constant
highlight default link avowKeyword Keyword
highlight default link avowKind Type
highlight default link avowAct Function
highlight default link avowModal Statement
highlight default link avowError Error
highlight default link avowHeading Title
highlight default link avowString String
highlight default link avowComment Comment
highlight default link avowTodo Todo
highlight default link avowProse Normal
highlight default link avowMark Delimiter
highlight default link avowHole Identifier
highlight default link avowHoleWord Special
highlight default link avowHoleString String
highlight default link avowEscape SpecialChar
highlight default link avowFront PreProc
highlight default link avowFrontKey Identifier
highlight default link avowFrontComment Comment
highlight default avowStrong term=bold cterm=bold gui=bold
highlight default avowEmphasis term=italic cterm=italic gui=italic

" Published words may go on for long: each line stands for itself.
syntax sync minlines=40
let b:current_syntax = 'avow'
let &cpo = s:cpo_save
unlet s:cpo_save
