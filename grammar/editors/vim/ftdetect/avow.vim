autocmd BufNewFile,BufRead *.policy setfiletype avow
