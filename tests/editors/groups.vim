" Writes the syntax group of every byte of a file: a line for each line, groups with their columns.
" vim -u NONE ... -S groups.vim; $GROUPS_IN and $GROUPS_OUT are lists of files, parted by commas.
set nocompatible encoding=utf-8
filetype plugin on
syntax on
let s:outputs = split($GROUPS_OUT, ',')
for s:input in split($GROUPS_IN, ',')
  execute 'edit' fnameescape(s:input)
  let s:lines = ['filetype ' . &filetype]
  for s:line in range(1, line('$'))
    let s:groups = []
    let s:last = ''
    for s:column in range(1, col([s:line, '$']) - 1)
      let s:group = synIDattr(synID(s:line, s:column, 1), 'name')
      if s:group !=# s:last
        call add(s:groups, s:column . ':' . s:group)
        let s:last = s:group
      endif
    endfor
    call add(s:lines, join(s:groups))
  endfor
  call writefile(s:lines, remove(s:outputs, 0))
endfor
quitall!
